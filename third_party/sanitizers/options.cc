// SPDX-License-Identifier: Apache-2.0
//
// The sanitizers' options live in the programs themselves, so that a process which a test starts
// in another folder has them too.

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CANDOR_TSAN
#endif
#if __has_feature(address_sanitizer)
#define CANDOR_ASAN
#endif
#if __has_feature(undefined_behavior_sanitizer)
#define CANDOR_UBSAN
#endif
#endif

#ifdef CANDOR_TSAN
extern "C" const char* __tsan_default_options() {
  return "second_deadlock_stack=1:history_size=4:halt_on_error=0:exitcode=66";
}

// Debian's libraries are not instrumented: ThreadSanitizer sees the memory that their calls to
// memcpy and malloc touch, but not the atomics that order those calls, and reports races that are
// none. RocksDB's background threads also run the copies of std::string's functions that our
// programs happen to export, where only the top of the stack is known. What is lost by this is a
// race in one of our own std::string appends; the lock annotations that clang checks cover those.
extern "C" const char* __tsan_default_suppressions() {
  return "race:librocksdb.so\n"
         // Reference counts that abseil's archive drops.
         "race:absl::debian3::Status::UnrefNonInlined\n"
         "race:absl::debian3::cord_internal::CordRep::Destroy\n"
         "race:libprometheus-cpp-core.so\n"
         "race:^std::__cxx11::basic_string<char, std::char_traits<char>, "
         "std::allocator<char>>::_M_append\n"
         "race:^std::__cxx11::basic_string<char, std::char_traits<char>, "
         "std::allocator<char>>::_M_replace\n"
         "race:^std::__cxx11::basic_string<char, std::char_traits<char>, "
         "std::allocator<char>>::_M_mutate\n";
}
#endif

#ifdef CANDOR_ASAN
extern "C" const char* __asan_default_options() {
  return "detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1";
}
#endif

#ifdef CANDOR_UBSAN
extern "C" const char* __ubsan_default_options() { return "print_stacktrace=1"; }
#endif
