import COneDNN
import Synchronization

/// A oneDNN primitive with its memory objects; used by one thread at a time.
final class CompiledPrimitive: @unchecked Sendable {
    private let primitive: dnnl_primitive_t
    private let stream: dnnl_stream_t
    private let scratchpadCount: Int
    private var arguments: [dnnl_exec_arg_t]

    /// The primitive of a plan, which the caller keeps, with the layout of each of its arguments.
    init(_ plan: dnnl_primitive_desc_t, _ name: String, _ layouts: [(argument: Int32, layout: dnnl_memory_desc_t)]) {
        var made: dnnl_primitive_t?
        OneDNN.check(dnnl_primitive_create(&made, plan), "dnnl_primitive_create(\(name))")
        primitive = made!
        stream = OneDNN.makeStream()
        arguments = layouts.map { argument, layout in
            var layout = layout
            return dnnl_exec_arg_t(arg: argument, memory: OneDNN.memory(&layout, at: nil))
        }
        let scratchpad = dnnl_primitive_desc_query_md(plan, dnnl_query_scratchpad_md, 0)!
        scratchpadCount = (dnnl_memory_desc_get_size(scratchpad) + 3) / 4
        arguments.append(dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: OneDNN.memory(scratchpad, at: nil)))
    }

    deinit {
        for argument in arguments { OneDNN.check(dnnl_memory_destroy(argument.memory), "dnnl_memory_destroy") }
        OneDNN.check(dnnl_primitive_destroy(primitive), "dnnl_primitive_destroy")
        OneDNN.check(dnnl_stream_destroy(stream), "dnnl_stream_destroy")
    }

    /// The primitive that copies between two layouts of the same sizes.
    static func reorder(from: dnnl_memory_desc_t, to: dnnl_memory_desc_t) -> CompiledPrimitive {
        var (from, to) = (from, to)
        let attributes = OneDNN.makeAttributes()
        var plan: dnnl_primitive_desc_t?
        OneDNN.check(
            dnnl_reorder_primitive_desc_create(&plan, &from, OneDNN.engine, &to, OneDNN.engine, attributes),
            "dnnl_reorder_primitive_desc_create")
        let made = CompiledPrimitive(plan!, "reorder", [(DNNL_ARG_SRC, from), (DNNL_ARG_DST, to)])
        OneDNN.check(dnnl_primitive_desc_destroy(plan), "dnnl_primitive_desc_destroy")
        OneDNN.check(dnnl_primitive_attr_destroy(attributes), "dnnl_primitive_attr_destroy")
        return made
    }

    /// Runs it on the elements at `pointers`, in the order of the layouts; they are borrowed for the length of the call.
    func execute(_ pointers: UnsafePointer<Float>...) {
        for (argument, pointer) in zip(arguments, pointers) {
            OneDNN.point(argument.memory, at: UnsafeMutablePointer(mutating: pointer))
        }
        let scratchpad = scratchpadCount > 0 ? Buffer(count: scratchpadCount) : nil
        OneDNN.point(arguments[arguments.count - 1].memory, at: scratchpad?.pointer)
        withExtendedLifetime(scratchpad) {
            OneDNN.check(
                dnnl_primitive_execute(primitive, stream, Int32(arguments.count), &arguments),
                "dnnl_primitive_execute")
            OneDNN.check(dnnl_stream_wait(stream), "dnnl_stream_wait")
        }
    }
}

/// What was compiled for each key, for use by one thread at a time: making one takes about as long as a hundred small uses.
///
/// At most `limit` are kept that are not in use; then those go that were used longest ago.
package final class CompiledCache<Key: Hashable & Sendable, Compiled: Sendable>: Sendable {
    private struct Idle {
        var compiled: [Key: [Compiled]] = [:]
        /// When each key was used last, in uses of the cache.
        var lastUse: [Key: Int] = [:]
        var uses = 0
        var count = 0
    }

    private let idle = Mutex(Idle())
    private let limit: Int

    /// An empty cache, which keeps `limit` at most: enough for every layer of a model and some hundred sizes of its input.
    package init(limit: Int = 2048) { self.limit = limit }

    /// How many are kept.
    package var count: Int { idle.withLock { $0.count } }

    /// Calls `body` with what was made for `key`, and keeps it for the next use.
    package func use(_ key: Key, make: (Key) -> Compiled, _ body: (Compiled) -> Void) {
        let kept = idle.withLock { idle in
            let kept = idle.compiled[key]?.popLast()
            if kept != nil { idle.count -= 1 }
            return kept
        }
        let compiled = kept ?? make(key)
        body(compiled)
        let excess = idle.withLock { idle in
            idle.uses += 1
            idle.compiled[key, default: []].append(compiled)
            idle.lastUse[key] = idle.uses
            idle.count += 1
            return idle.count > limit ? Self.removeOldest(&idle) : []
        }
        // destroyed outside of the lock
        _ = consume excess
    }

    private static func removeOldest(_ idle: inout Idle) -> [Compiled] {
        guard let oldest = idle.lastUse.min(by: { $0.value < $1.value })?.key else { return [] }
        idle.lastUse[oldest] = nil
        let removed = idle.compiled.removeValue(forKey: oldest) ?? []
        idle.count -= removed.count
        return removed
    }
}

extension OneDNN {
    /// Attributes that let the caller provide the scratchpad; with ReLU after the operation if asked for.
    static func makeAttributes(hasReLU: Bool = false) -> dnnl_primitive_attr_t {
        var attributes: dnnl_primitive_attr_t?
        check(dnnl_primitive_attr_create(&attributes), "dnnl_primitive_attr_create")
        check(
            dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
            "dnnl_primitive_attr_set_scratchpad_mode")
        if hasReLU {
            var chain: dnnl_post_ops_t?
            check(dnnl_post_ops_create(&chain), "dnnl_post_ops_create")
            check(dnnl_post_ops_append_eltwise(chain, 1, dnnl_eltwise_relu, 0, 0), "dnnl_post_ops_append_eltwise")
            check(dnnl_primitive_attr_set_post_ops(attributes, chain), "dnnl_primitive_attr_set_post_ops")
            check(dnnl_post_ops_destroy(chain), "dnnl_post_ops_destroy")
        }
        return attributes!
    }

    /// A Float32 layout of the given sizes that oneDNN may choose.
    static func anyLayout(_ sizes: [Int64]) -> dnnl_memory_desc_t {
        var layout = dnnl_memory_desc_t()
        check(
            dnnl_memory_desc_init_by_tag(&layout, Int32(sizes.count), sizes, dnnl_f32, dnnl_format_tag_any),
            "dnnl_memory_desc_init_by_tag(\(sizes))")
        return layout
    }
}
