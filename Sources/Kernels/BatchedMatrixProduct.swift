import COneDNN
import Preconditions
import Synchronization

/// `batch` independent matrix products out[i] = op(a[i]) · op(b[i]) of one shape, computed by oneDNN.
///
/// As `MatrixProduct`, for batches of contiguous operands: a transposed one is stored the other way round.
public struct BatchedMatrixProduct: Hashable, Sendable {
    /// The number of products and their shape: out is [batch, rows, columns], and sums run over `inner`.
    public var batch, rows, columns, inner: Int
    /// Whether each `a` is stored as [inner, rows], and each `b` as [columns, inner].
    public var transposesA, transposesB: Bool

    /// The product of the given shape; all sizes at least 1.
    public init(
        batch: Int, rows: Int, columns: Int, inner: Int, transposesA: Bool = false, transposesB: Bool = false
    ) {
        require(
            batch > 0 && rows > 0 && columns > 0 && inner > 0,
            "BatchedMatrixProduct: sizes must be at least 1, found \(batch) times \(rows)×\(inner) · \(inner)×\(columns)"
        )
        (self.batch, self.rows, self.columns, self.inner) = (batch, rows, columns, inner)
        (self.transposesA, self.transposesB) = (transposesA, transposesB)
    }

    /// Computes the products. The pointers are borrowed for the length of the call; `out` overlaps no operand.
    public func compute(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>
    ) {
        let compiled = CompiledBatchedProduct.borrow(for: self)
        compiled.execute(a, b, out)
        compiled.giveBack()
    }
}

/// A oneDNN primitive with its memory objects; used by one thread at a time.
private final class CompiledBatchedProduct: @unchecked Sendable {
    private static let idle = Mutex<[BatchedMatrixProduct: [CompiledBatchedProduct]]>([:])

    private let key: BatchedMatrixProduct
    private let primitive: dnnl_primitive_t
    private let stream: dnnl_stream_t
    private let a, b, out: dnnl_memory_t
    private let scratchpadBuffer: Buffer
    private var arguments: [dnnl_exec_arg_t]

    static func borrow(for key: BatchedMatrixProduct) -> CompiledBatchedProduct {
        idle.withLock { $0[key]?.popLast() } ?? CompiledBatchedProduct(key)
    }

    func giveBack() { Self.idle.withLock { $0[key, default: []].append(self) } }

    private init(_ key: BatchedMatrixProduct) {
        self.key = key
        let (batch, m, n, k) = (Int64(key.batch), Int64(key.rows), Int64(key.columns), Int64(key.inner))
        var aLayout = OneDNN.layout([batch, m, k], strides: key.transposesA ? [m * k, 1, m] : [m * k, k, 1])
        var bLayout = OneDNN.layout([batch, k, n], strides: key.transposesB ? [k * n, 1, k] : [k * n, n, 1])
        var outLayout = OneDNN.layout([batch, m, n], strides: [m * n, n, 1])

        var description = dnnl_matmul_desc_t()
        OneDNN.check(
            dnnl_matmul_desc_init(&description, &aLayout, &bLayout, nil, &outLayout), "dnnl_matmul_desc_init")
        var attributes: dnnl_primitive_attr_t?
        OneDNN.check(dnnl_primitive_attr_create(&attributes), "dnnl_primitive_attr_create")
        OneDNN.check(
            dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
            "dnnl_primitive_attr_set_scratchpad_mode")
        var plan: dnnl_primitive_desc_t?
        OneDNN.check(
            dnnl_primitive_desc_create(&plan, &description, attributes, OneDNN.engine, nil),
            "dnnl_primitive_desc_create(\(batch) matmuls \(m)×\(k) · \(k)×\(n))")
        OneDNN.check(dnnl_primitive_attr_destroy(attributes), "dnnl_primitive_attr_destroy")

        var made: dnnl_primitive_t?
        OneDNN.check(dnnl_primitive_create(&made, plan), "dnnl_primitive_create(matmul)")
        primitive = made!
        let scratchpadLayout = dnnl_primitive_desc_query_md(plan, dnnl_query_scratchpad_md, 0)!
        scratchpadBuffer = Buffer(count: (dnnl_memory_desc_get_size(scratchpadLayout) + 3) / 4)
        let scratchpad = OneDNN.memory(scratchpadLayout, at: scratchpadBuffer.pointer)
        OneDNN.check(dnnl_primitive_desc_destroy(plan), "dnnl_primitive_desc_destroy")

        a = OneDNN.memory(&aLayout, at: nil)
        b = OneDNN.memory(&bLayout, at: nil)
        out = OneDNN.memory(&outLayout, at: nil)
        stream = OneDNN.makeStream()
        arguments = [
            dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: a), dnnl_exec_arg_t(arg: DNNL_ARG_WEIGHTS, memory: b),
            dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: out),
            dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: scratchpad),
        ]
    }

    func execute(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>) {
        OneDNN.point(self.a, at: UnsafeMutablePointer(mutating: a))
        OneDNN.point(self.b, at: UnsafeMutablePointer(mutating: b))
        OneDNN.point(self.out, at: out)
        OneDNN.check(
            dnnl_primitive_execute(primitive, stream, Int32(arguments.count), &arguments), "dnnl_primitive_execute")
        OneDNN.check(dnnl_stream_wait(stream), "dnnl_stream_wait")
    }
}
