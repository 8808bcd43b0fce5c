// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <utility>

namespace candor {
namespace {

class PrometheusCounter final : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter* counter) : counter_(counter) {}
  void Increment(double by) override { counter_->Increment(by); }
  double Value() const override { return counter_->Value(); }

 private:
  prometheus::Counter* const counter_;
};

class PrometheusGauge final : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  void Set(double value) override { gauge_->Set(value); }
  void Add(double by) override { gauge_->Increment(by); }
  double Value() const override { return gauge_->Value(); }

 private:
  prometheus::Gauge* const gauge_;
};

class PrometheusHistogram final : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  void Observe(double value) override { histogram_->Observe(value); }

 private:
  prometheus::Histogram* const histogram_;
};

// The instrument of this library for one of prometheus-cpp, made once.
template <typename Wrapper, typename Inner>
Wrapper& Wrap(std::map<const void*, std::unique_ptr<Wrapper>>* wrappers, Inner* inner,
              std::unique_ptr<Wrapper> fresh) {
  auto [entry, inserted] = wrappers->try_emplace(inner, nullptr);
  if (inserted) entry->second = std::move(fresh);
  return *entry->second;
}

}  // namespace

class MetricsRegistry::Impl {
 public:
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  std::mutex mutex;
  std::map<const void*, std::unique_ptr<Counter>> counters;
  std::map<const void*, std::unique_ptr<Gauge>> gauges;
  std::map<const void*, std::unique_ptr<Histogram>> histograms;
};

MetricsRegistry::MetricsRegistry() : impl_(std::make_unique<Impl>()) {}
MetricsRegistry::~MetricsRegistry() = default;

Counter& MetricsRegistry::AddCounter(const std::string& name, const std::string& help,
                                     const MetricLabels& labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
  prometheus::Counter* inner = &family.Add(labels);
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  return Wrap<Counter>(&impl_->counters, inner, std::make_unique<PrometheusCounter>(inner));
}

Gauge& MetricsRegistry::AddGauge(const std::string& name, const std::string& help,
                                 const MetricLabels& labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
  prometheus::Gauge* inner = &family.Add(labels);
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  return Wrap<Gauge>(&impl_->gauges, inner, std::make_unique<PrometheusGauge>(inner));
}

Histogram& MetricsRegistry::AddHistogram(const std::string& name, const std::string& help,
                                         const std::vector<double>& bounds,
                                         const MetricLabels& labels) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry);
  prometheus::Histogram* inner = &family.Add(labels, bounds);
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  return Wrap<Histogram>(&impl_->histograms, inner, std::make_unique<PrometheusHistogram>(inner));
}

std::string MetricsRegistry::Expose() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

std::vector<double> LatencyBuckets() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
          0.1,    0.25,    0.5,    1,     2.5,    5,     10,   30};
}

}  // namespace candor
