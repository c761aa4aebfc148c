// One data-parallel step on H hosts in SimGrid (S4U): a thread that computes, and one that exchanges buckets as they get
// ready: slices all-to-all, their sum, all-gather. Prints the seconds of the passes and the reduction.
//
// simgrid_step ideal|tcp HOSTS BANDWIDTH LATENCY OVERHEAD SUMMING_RATE FORWARD BACKWARD (BYTES READINESS WITHIN_HOST)...
#include <simgrid/s4u.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace s4u = simgrid::s4u;

struct Bucket {
    double bytes, ready, within;
};

static int hosts;
static double bandwidth, latency, overhead, summing, forward, backward, end;
static std::vector<Bucket> buckets;
static char token;

static s4u::Mailbox *box(int from, int to, int phase) {
    return s4u::Mailbox::by_name(std::to_string(from) + ">" + std::to_string(to) + "/" + std::to_string(phase));
}

// A message to each of the others, one after the other as the processor gets to them; and one from each.
static void exchange(int self, int phase, double bytes) {
    std::vector<s4u::CommPtr> transfers;
    std::vector<char *> received(hosts);
    for (int step = 1; step < hosts; step++) {
        int from = (self + hosts - step) % hosts;
        transfers.push_back(box(from, self, phase)->get_async<char>(&received[from]));
    }
    for (int step = 1; step < hosts; step++) {
        transfers.push_back(box(self, (self + step) % hosts, phase)->put_async(&token, static_cast<uint64_t>(bytes)));
        s4u::this_actor::sleep_for(overhead);
    }
    for (auto &transfer : transfers) transfer->wait();
}

static void communicate(int self, s4u::SemaphorePtr ready) {
    for (std::size_t number = 0; number < buckets.size(); number++) {
        ready->acquire();
        exchange(self, 2 * number, buckets[number].bytes / hosts);
        s4u::this_actor::sleep_for(buckets[number].bytes / summing);
        exchange(self, 2 * number + 1, buckets[number].bytes / hosts);
    }
    if (s4u::Engine::get_clock() > end) end = s4u::Engine::get_clock();
}

static void compute(s4u::SemaphorePtr ready) {
    s4u::this_actor::sleep_until(forward);
    for (auto &bucket : buckets) {
        s4u::this_actor::sleep_until(forward + bucket.ready * backward);
        s4u::this_actor::sleep_for(bucket.within);
        ready->release();
    }
    s4u::this_actor::sleep_until(forward + backward);
    if (s4u::Engine::get_clock() > end) end = s4u::Engine::get_clock();
}

int main(int count, char **values) {
    s4u::Engine engine(&count, values);
    // "ideal": links carry what they are said to; "tcp": as SimGrid has calibrated it on TCP (model LV08).
    if (std::string(values[1]) == "ideal")
        for (auto setting : {"network/model:CM02", "network/TCP-gamma:0", "network/crosstraffic:0",
                             "network/bandwidth-factor:1", "network/latency-factor:1", "network/weight-S:0"})
            s4u::Engine::set_config(setting);
    hosts = std::atoi(values[2]);
    bandwidth = std::atof(values[3]);
    latency = std::atof(values[4]);
    overhead = std::atof(values[5]);
    summing = std::atof(values[6]);
    forward = std::atof(values[7]);
    backward = std::atof(values[8]);
    for (int place = 9; place + 2 < count; place += 3)
        buckets.push_back({std::atof(values[place]), std::atof(values[place + 1]), std::atof(values[place + 2])});

    auto *zone = s4u::create_star_zone("cluster");
    for (int number = 0; number < hosts; number++) {
        auto *host = zone->create_host("n" + std::to_string(number), 1e9);
        auto *up = zone->create_link("up" + std::to_string(number), bandwidth)->set_latency(latency / 2)->seal();
        auto *down = zone->create_link("down" + std::to_string(number), bandwidth)->set_latency(latency / 2)->seal();
        zone->add_route(host->get_netpoint(), nullptr, nullptr, nullptr, {s4u::LinkInRoute(up)}, false);
        zone->add_route(nullptr, host->get_netpoint(), nullptr, nullptr, {s4u::LinkInRoute(down)}, false);
    }
    zone->seal();
    for (int number = 0; number < hosts; number++) {
        auto *host = engine.host_by_name("n" + std::to_string(number));
        auto ready = s4u::Semaphore::create(0);
        s4u::Actor::create("compute", host, compute, ready);
        s4u::Actor::create("communicate", host, communicate, number, ready);
    }
    engine.run();
    std::printf("%.9f\n", end);
}
