import Preconditions
import Synchronization

/// Records the timeline of one rank, from any of its threads, into memory that is reserved before.
///
/// Off until `start`; while off, a call costs one load of a flag. Events beyond the capacity are counted and dropped.
public final class EventRecorder: Sendable {
    private let state: Mutex<State>
    private let recording = Atomic(false)
    private let currentStep = Atomic(0)

    private struct State {
        var events: [TimelineEvent] = []
        var capacity: Int
        var dropped = 0
        var operationNames: [ObjectIdentifier: String] = [:]
        var layers: [UInt: String] = [:]
    }

    /// A recorder of at most `capacity` events, at least 1.
    public init(capacity: Int) {
        require(capacity >= 1, "EventRecorder: capacity is \(capacity), and must be at least 1")
        state = Mutex(State(capacity: capacity))
    }

    /// Starts recording, into reserved memory.
    /// - Parameter layers: names of what lies at an address, such as a layer's weights, for the events of operations.
    public func start(layers: [UInt: String] = [:]) {
        state.withLock {
            $0.events.reserveCapacity($0.capacity)
            $0.layers = layers
        }
        recording.store(true, ordering: .relaxed)
    }

    /// Stops recording.
    public func stop() { recording.store(false, ordering: .relaxed) }

    /// Whether events are recorded now.
    public var isRecording: Bool { recording.load(ordering: .relaxed) }

    /// The step that events without one of their own belong to.
    public var step: Int {
        get { currentStep.load(ordering: .relaxed) }
        set { currentStep.store(newValue, ordering: .relaxed) }
    }

    /// Records an event of the current step.
    public func record(_ kind: TimelineEvent.Kind, _ name: String, from begin: UInt64, to end: UInt64) {
        record(TimelineEvent(kind, name, from: begin, to: end, step: step))
    }

    /// Records an event.
    public func record(_ event: TimelineEvent) {
        guard isRecording else { return }
        state.withLock { state in
            if state.events.count < state.capacity {
                state.events.append(event)
            } else {
                state.dropped += 1
            }
        }
    }

    /// Records the computation of an operation: its name, and that of the first layer whose weights are among its inputs.
    package func record(
        operation: Any.Type, isBackward: Bool, of addresses: some Sequence<UInt>, from begin: UInt64, to end: UInt64
    ) {
        let name = state.withLock { state in
            let layer = addresses.lazy.compactMap { state.layers[$0] }.first
            // the name of a type is computed anew each time, and slowly
            let name = state.operationNames[ObjectIdentifier(operation)] ?? "\(operation)"
            state.operationNames[ObjectIdentifier(operation)] = name
            return (layer.map { $0 + " " } ?? "") + name
        }
        record(.operation, isBackward ? name + " backward" : name, from: begin, to: end)
    }

    /// Runs `body`, and records it when this is on.
    public func measure<Value>(_ kind: TimelineEvent.Kind, _ body: () throws -> Value) rethrows -> Value {
        guard isRecording else { return try body() }
        let begin = TimelineEvent.now
        defer { record(kind, kind.rawValue, from: begin, to: TimelineEvent.now) }
        return try body()
    }

    /// The events recorded so far and the number of those dropped; forgets both.
    public func take() -> (events: [TimelineEvent], dropped: Int) {
        state.withLock { state in
            defer { (state.events, state.dropped) = ([], 0) }
            return (state.events, state.dropped)
        }
    }
}

extension EventRecorder? {
    /// Runs `body`, and records it where there is a recorder that is on.
    public func measure<Value>(_ kind: TimelineEvent.Kind, _ body: () throws -> Value) rethrows -> Value {
        guard let self else { return try body() }
        return try self.measure(kind, body)
    }
}
