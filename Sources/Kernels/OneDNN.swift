import COneDNN
import Preconditions

/// What every use of oneDNN shares: the engine, the check of return codes, and descriptions of memory.
enum OneDNN {
    /// The CPU. It lives as long as the process.
    nonisolated(unsafe) static let engine: dnnl_engine_t = {
        var engine: dnnl_engine_t?
        check(dnnl_engine_create(&engine, dnnl_cpu, 0), "dnnl_engine_create")
        return engine!
    }()

    /// Ends the program when a call failed: shapes are checked before, so a failure is a mistake of ours.
    static func check(_ status: dnnl_status_t, _ call: @autoclosure () -> String) {
        if status != dnnl_success { exitWithError("oneDNN: \(call()) returned status \(status.rawValue)") }
    }

    /// A Float32 layout of the given sizes and strides, in elements.
    static func layout(_ sizes: [Int64], strides: [Int64]) -> dnnl_memory_desc_t {
        var layout = dnnl_memory_desc_t()
        check(
            dnnl_memory_desc_init_by_strides(&layout, Int32(sizes.count), sizes, dnnl_f32, strides),
            "dnnl_memory_desc_init_by_strides(\(sizes))")
        return layout
    }

    /// A memory object over memory that the caller owns; nil: to be pointed somewhere before use.
    static func memory(_ layout: UnsafePointer<dnnl_memory_desc_t>, at pointer: UnsafeMutablePointer<Float>?)
        -> dnnl_memory_t
    {
        var memory: dnnl_memory_t?
        check(dnnl_memory_create(&memory, layout, engine, pointer), "dnnl_memory_create")
        return memory!
    }

    static func point(_ memory: dnnl_memory_t, at pointer: UnsafeMutablePointer<Float>?) {
        check(dnnl_memory_set_data_handle(memory, pointer), "dnnl_memory_set_data_handle")
    }

    static func makeStream() -> dnnl_stream_t {
        var stream: dnnl_stream_t?
        check(dnnl_stream_create(&stream, engine, UInt32(dnnl_stream_default_flags.rawValue)), "dnnl_stream_create")
        return stream!
    }
}
