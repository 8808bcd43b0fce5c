// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace candor {

// Lets this process open as many files as the system allows it to: by default it is only 1,024,
// which connections alone can use up, and then the store can not open its files. Best effort.
void RaiseFileLimit();

}  // namespace candor
