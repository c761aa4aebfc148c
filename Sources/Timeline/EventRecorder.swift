import Preconditions
import Synchronization

/// Records what happens on one rank, from any of its threads, into memory that is reserved before.
///
/// Off until `start`, and then it costs a look at a flag where an event might be. Events that find no more room are counted
/// and dropped.
public final class EventRecorder: Sendable {
    private let state: Mutex<State>
    private let recording = Atomic(false)
    private let present = Atomic(0)
    /// How many recorders of this process record now.
    private static let recorders = Atomic(0)
    @TaskLocal private static var ofThread: EventRecorder?

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

    deinit { stop() }

    /// Begins to record, into reserved memory.
    /// - Parameter layers: names of what lies at an address, such as a layer's weights, for the events of operations.
    public func start(layers: [UInt: String] = [:]) {
        state.withLock {
            $0.events.reserveCapacity($0.capacity)
            $0.layers = layers
        }
        if !recording.exchange(true, ordering: .relaxed) { Self.recorders.add(1, ordering: .relaxed) }
    }

    /// Ends to record.
    public func stop() {
        if recording.exchange(false, ordering: .relaxed) { Self.recorders.subtract(1, ordering: .relaxed) }
    }

    /// Whether events are recorded now.
    public var isRecording: Bool { recording.load(ordering: .relaxed) }

    /// The step that events without one of their own belong to.
    public var step: Int {
        get { present.load(ordering: .relaxed) }
        set { present.store(newValue, ordering: .relaxed) }
    }

    /// Records an event of the present step.
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

    /// Records the computation of an operation: its name, and that of the first layer of those whose weights it takes.
    package func record(
        operation: Any.Type, isBackward: Bool, of addresses: some Sequence<UInt>, from begin: UInt64, to end: UInt64
    ) {
        let name = state.withLock { state in
            let layer = addresses.lazy.compactMap { state.layers[$0] }.first
            // the name of a type is worked out anew each time, and slowly
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

    /// The events recorded so far and how many found no room; forgets them.
    public func take() -> (events: [TimelineEvent], dropped: Int) {
        state.withLock { state in
            defer { (state.events, state.dropped) = ([], 0) }
            return (state.events, state.dropped)
        }
    }

    /// The recorder of this thread, while it records.
    public static var current: EventRecorder? {
        guard isAnyRecording, let recorder = ofThread, recorder.isRecording else { return nil }
        return recorder
    }

    /// Whether any recorder of this process records now.
    @inline(__always)
    package static var isAnyRecording: Bool { recorders.load(ordering: .relaxed) > 0 }

    /// Runs `body` on this thread with this as its recorder.
    public func asCurrent<Value>(_ body: () throws -> Value) rethrows -> Value {
        try Self.$ofThread.withValue(self, operation: body)
    }
}

extension EventRecorder? {
    /// Runs `body`, and records it where there is a recorder that is on.
    public func measure<Value>(_ kind: TimelineEvent.Kind, _ body: () throws -> Value) rethrows -> Value {
        guard let self else { return try body() }
        return try self.measure(kind, body)
    }
}
