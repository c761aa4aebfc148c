import Communication
import DataParallel
import Datasets
import Training

/// Steps of the rows of a stream, in their order: rank 0 reads them, and every rank takes those of its shards.
final class StreamSteps: StepSource {
    private let settings: Settings
    private let path: String
    private let schema: TableSchema
    private let state: StreamState
    private let setup: RunSetup
    private let shards: Range<Int>
    /// On rank 0, once the first rows are read.
    private var reader: StreamReader?
    private var (number, consumed) = (0, 0)
    let lastStep: Int

    init(_ settings: Settings, path: String, _ schema: TableSchema, _ state: StreamState, _ setup: RunSetup) {
        (self.settings, self.path, self.schema, self.state, self.setup) = (settings, path, schema, state, setup)
        shards = setup.plan.run(of: setup.context.communicator.rank)
        lastStep = setup.length.lastStep
    }

    private var sampler: ShardedSampler { setup.length.sampler }

    func position(afterSteps steps: Int) -> RunPosition {
        RunPosition(step: steps, samples: sampler.samplesConsumed(afterSteps: steps), epochSamples: sampler.count)
    }

    var persistents: [any Persistent] { [state] }

    func begin(after position: RunPosition) { (number, consumed) = (position.step, position.samples) }

    /// What rank 0 has read, for the other ranks.
    private enum Message {
        case nothing, end
        case rows([UInt8], header: [UInt8], end: Int)

        var bytes: [UInt8] {
            switch self {
            case .nothing: [0]
            case .end: [1]
            case .rows(let rows, let header, let end): [2] + Self.bytes(end) + Self.bytes(header.count) + header + rows
            }
        }

        private static func bytes(_ number: Int) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }

        private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
            bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
        }

        init(bytes: [UInt8]) {
            switch bytes.first {
            case 2:
                let header = 17..<17 + Self.number(bytes[9..<17])
                self = .rows(
                    Array(bytes[header.upperBound...]), header: Array(bytes[header]), end: Self.number(bytes[1..<9]))
            case 1: self = .end
            default: self = .nothing
            }
        }
    }

    /// The next rows, once there are enough of them or the stream has ended. *Collective.*
    func next() throws -> Step<LoadedStep<StreamBatch>>? {
        guard number < lastStep else { return nil }
        let communicator = setup.context.communicator
        while true {
            let bytes = try communicator.share("reading \(path)", from: 0) { try read().bytes }
            switch Message(bytes: bytes) {
            case .nothing: if try setup.context.stopsWhileWaiting() { return nil }
            case .end: return nil
            case .rows(let rows, let header, let end):
                let step = try communicator.agree { try makeStep(RowBuffer(rows), header) }
                state.advance(to: end, rows: rows, header: header)
                return step
            }
        }
    }

    private func read() throws -> Message {
        let reader =
            try self.reader
            ?? StreamReader(settings, path: path, after: state)
        self.reader = reader
        switch try reader.next(sampler.step(at: consumed).count) {
        case .nothing: return .nothing
        case .end: return .end
        case .rows(let rows, let end): return .rows(rows, header: reader.header, end: end)
        }
    }

    /// The step of these rows.
    private func makeStep(_ buffer: RowBuffer, _ header: [UInt8]) throws -> Step<LoadedStep<StreamBatch>> {
        var buffer = buffer
        _ = buffer.finish()
        // as many samples as there are rows, which are fewer than a batch at the end
        let global = ShardedSampler(
            count: consumed + buffer.count, globalBatch: buffer.count, shards: sampler.shards, seed: sampler.seed,
            shuffles: false
        ).step(at: consumed)
        let batches = try shards.map { shard -> ShardBatch<StreamBatch>? in
            let part = global.part(ofShard: shard)
            return part.isEmpty ? nil : try batch(buffer, part, header)
        }
        let step = Step(
            number: number + 1, samples: global.count, isEpochStart: consumed == 0,
            end: RunPosition(step: number + 1, samples: global.consumedAfter, epochSamples: sampler.count),
            work: LoadedStep(global: global, shards: shards, shardBatches: batches))
        (number, consumed) = (number + 1, global.consumedAfter)
        return step
    }

    private func batch(_ buffer: RowBuffer, _ part: Range<Int>, _ header: [UInt8]) throws -> ShardBatch<StreamBatch> {
        func rows(_ part: Range<Int>, _ name: String) throws -> TableRows {
            try TableRows(streamed: header + buffer[part], path: name, settings.csv.format, schema)
        }
        let read: TableRows
        do {
            read = try rows(part, path)
        } catch {
            // the error that names the row
            for row in part { _ = try rows(row..<row + 1, "\(path) row \(consumed + row + 1) of the stream,") }
            throw error
        }
        let numbers = part.map { consumed + $0 }
        return ShardBatch(
            samples: numbers,
            batch: StreamBatch(rows: read.batch(of: Array(0..<read.count)), first: consumed + part.lowerBound))
    }
}
