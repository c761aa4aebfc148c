import Foundation

/// Efficiencies of weak scaling on CPU clusters that others have published, with what a projection needs to predict
/// them.
public struct PublishedScaling: Codable, Sendable, Equatable {
    /// The model, and what trained it where.
    public let workload, system: String
    /// Where it was published.
    public let source: String
    /// What of the figures below is ours, in words.
    public let assumption: String
    /// Published efficiencies by the number of hosts.
    public let efficiencies: [Point]
    /// Seconds of a step of one host, and of these those of the backward pass.
    let step, backward: Double
    /// Bytes of gradients.
    let gradients: Double
    /// What several hosts compute by of what one does: less where cores communicate.
    let computingShare: Double
    let bandwidth, latency: Double

    /// Hosts, and the efficiency that was published for them.
    public struct Point: Codable, Sendable, Equatable {
        /// The number of hosts.
        public let hosts: Int
        /// The throughput over that of one host, over their number.
        public let published: Double
    }

    /// The published runs.
    public static let all: [PublishedScaling] = [
        PublishedScaling(
            workload: "BERT, 32 sequences of 128 a host",
            system: "PyTorch 1.9 DDP with oneCCL, AWS c6i.16xlarge, 25 Gbit/s",
            source:
                "Simon, \"Accelerating PyTorch distributed fine-tuning with Intel technologies\", Hugging Face, 2021: QQP, 11:22 h, 6:38 h and 3:51 h",
            assumption:
                "1.2 s a step (3 epochs of 363,846 samples), 433 MB of gradients; 28 of 32 cores compute on several hosts, as there",
            efficiencies: [.init(hosts: 2, published: 0.86), .init(hosts: 4, published: 0.74)],
            step: 1.2, backward: 0.8, gradients: 433e6, computingShare: 28.0 / 32, bandwidth: 25e9 / 8, latency: 30e-6),
        PublishedScaling(
            workload: "ResNet-50, 8,192 images over all hosts",
            system: "Intel Caffe with MLSL, 2 x Xeon Gold 6148, Omni-Path 100 Gbit/s",
            source:
                "Filby, Dandapanthula, \"Deep learning performance with Intel Caffe\", Dell HPC Innovation Lab, 2018",
            assumption:
                "64 images a host at 70 images/s (assumed: the source has no absolute figures), 102 MB of gradients",
            efficiencies: [.init(hosts: 128, published: 0.90)],
            step: 64.0 / 70, backward: 2.0 / 3 * 64 / 70, gradients: 102e6, computingShare: 1, bandwidth: 100e9 / 8,
            latency: 1e-6),
        PublishedScaling(
            workload: "CosmoFlow, 1 volume a host",
            system: "TensorFlow with Cray PE ML Plugin, Xeon Phi 7250, Aries",
            source:
                "Mathuriya and others, \"CosmoFlow: using deep learning to learn the universe at scale\", 2018, arXiv:1808.04728",
            assumption:
                "129 ms a step (69.33 GFLOP at 535 GFLOP/s), 28.15 MB of gradients; 10 GB/s and 1.3 us of Aries",
            efficiencies: [.init(hosts: 8192, published: 0.77)],
            step: 0.129, backward: 0.086, gradients: 28.15e6, computingShare: 1, bandwidth: 10e9, latency: 1.3e-6),
    ]

    /// The sizes of buckets of which the best is predicted with, in bytes.
    private static let bucketSizes = [1e6, 4e6, 25e6, 100e6]

    /// What a projection predicts for some hosts, and the size of buckets with which it does.
    ///
    /// One rank on each host, whose threads are its cores; buckets fill evenly over the backward pass.
    public func prediction(hosts: Int) -> (efficiency: Double, bucketBytes: Double) {
        let cluster = Cluster(
            ranksPerHost: 1, bandwidth: bandwidth, latency: latency, overhead: 1e-6,
            hostReduction: .init(bytesPerSecond: 10e9), summingRate: 10e9)
        let candidates = Self.bucketSizes.map { size in
            let count = max(1, (gradients / size).rounded())
            let buckets = (1...Int(count)).map {
                ComputeCost.Bucket(bytes: gradients / count, readiness: Double($0) / count)
            }
            let slower = ComputeCost(
                fixed: 0, perSample: step / computingShare, backwardShare: backward / step, update: 0, buckets: buckets,
                samples: 1)
            let projection = ClusterProjection(slower, on: cluster, hosts: [hosts], weakSamples: 1, strongBatch: 1)
            return (projection.rows[0].weak.efficiency * computingShare, gradients / count)
        }
        return candidates.max { $0.0 < $1.0 } ?? (0, 0)
    }

    /// The table of all of them.
    public static var table: String {
        var lines = ["hosts  published  predicted  difference  buckets    workload"]
        for run in all {
            for point in run.efficiencies {
                let found = run.prediction(hosts: point.hosts)
                lines.append(
                    String(
                        format: "%5d %8.0f %% %8.0f %% %+9.0f     %5.1f MB   %@", point.hosts, 100 * point.published,
                        100 * found.efficiency, 100 * (found.efficiency - point.published), found.bucketBytes * 1e-6,
                        run.workload))
            }
        }
        lines += [
            "",
            "Predicted: this project's reduction with its best buckets, on equal hosts that never wait for each other; the published",
            "figures have other software, and all that the model leaves out: slow hosts, the input of data, contention.",
        ]
        for run in all {
            lines += ["", "\(run.workload): \(run.system)", "  \(run.source)", "  Taken: \(run.assumption)"]
        }
        return lines.joined(separator: "\n")
    }
}
