// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include <gtest/gtest.h>

namespace candor {
namespace {

TEST(MetricsTest, ExposesAllKinds) {
  MetricsRegistry metrics;
  metrics.AddCounter("candor_entries_total", "Entries.").Increment(3);
  metrics.AddGauge("candor_tree_size", "Size.", {{"kind", "signed"}}).Set(7);
  Histogram& histogram = metrics.AddHistogram("candor_add_seconds", "Time.", {0.1, 1});
  histogram.Observe(0.05);
  histogram.Observe(5);
  const std::string text = metrics.Expose();
  for (const char* expected :
       {"# HELP candor_entries_total Entries.\n", "# TYPE candor_entries_total counter\n",
        "candor_entries_total 3\n", "candor_tree_size{kind=\"signed\"} 7\n",
        "candor_add_seconds_bucket{le=\"0.1\"} 1\n", "candor_add_seconds_bucket{le=\"+Inf\"} 2\n",
        "candor_add_seconds_count 2\n"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "not in\n" << text;
  }
}

TEST(MetricsTest, TheSameNameAndLabelsAreOneInstrument) {
  MetricsRegistry metrics;
  Counter& a = metrics.AddCounter("c_total", "C.", {{"x", "1"}});
  Counter& b = metrics.AddCounter("c_total", "C.", {{"x", "1"}});
  Counter& c = metrics.AddCounter("c_total", "C.", {{"x", "2"}});
  EXPECT_EQ(&a, &b);
  EXPECT_NE(&a, &c);
  a.Increment();
  b.Increment();
  EXPECT_EQ(a.Value(), 2);
  EXPECT_EQ(c.Value(), 0);
}

TEST(MetricsTest, LatencyBucketsAscend) {
  const std::vector<double> bounds = LatencyBuckets();
  for (size_t i = 1; i < bounds.size(); ++i) EXPECT_LT(bounds[i - 1], bounds[i]);
}

}  // namespace
}  // namespace candor
