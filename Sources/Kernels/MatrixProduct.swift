import CKernels
import COneDNN
import Preconditions
import Synchronization

/// The matrix product out = op(a) · op(b) [+ bias] [then ReLU] of one shape, computed by oneDNN or by tiles of our own.
///
/// `op(a)` is [rows, inner] and `op(b)` is [inner, columns]; a transposed operand is stored the other way round. All are
/// row-major and contiguous. The compiled form is made at first use and kept: making one takes about as long as a
/// hundred small products.
public struct MatrixProduct: Hashable, Sendable {
    /// The shape: out is [rows, columns], and sums run over `inner`.
    public var rows, columns, inner: Int
    /// Whether `a` is stored as [inner, rows].
    public var transposesA = false
    /// Whether `b` is stored as [columns, inner].
    public var transposesB = false
    /// Whether a row of `columns` biases is added to each row.
    public var hasBias = false
    /// Whether negative results become 0.
    public var hasReLU = false

    /// The product of the given shape; all sizes at least 1.
    public init(
        rows: Int, columns: Int, inner: Int, transposesA: Bool = false, transposesB: Bool = false,
        hasBias: Bool = false, hasReLU: Bool = false
    ) {
        require(
            rows > 0 && columns > 0 && inner > 0,
            "MatrixProduct: sizes must be at least 1, found \(rows)×\(inner) · \(inner)×\(columns)")
        (self.rows, self.columns, self.inner) = (rows, columns, inner)
        (self.transposesA, self.transposesB) = (transposesA, transposesB)
        (self.hasBias, self.hasReLU) = (hasBias, hasReLU)
    }

    /// Computes the product. The pointers are borrowed for the length of the call; `out` overlaps no operand.
    public func compute(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil,
        into out: UnsafeMutablePointer<Float>
    ) {
        require((bias != nil) == hasBias, "MatrixProduct: bias given: \(bias != nil), expected: \(hasBias)")
        if isFasterByTiles && KernelLibrary.mayUseTiles { return computeByTiles(a, b, bias, out) }
        let compiled = CompiledProduct.borrow(for: self)
        compiled.execute(a, b, bias, out)
        compiled.giveBack()
    }

    /// Where oneDNN 2.6 is slower with AVX2 (its GFLOP/s of 102, then ours): rows of `b` that are a multiple of 2 KiB apart
    /// (128×512×784: 57, 74; 512³: 65, 89), and a small product with a transposed `a` (128×384×768: 76, 88; 256×1024×4096: 42,
    /// 78). Elsewhere it is equal or ahead (2048×384×1536: 87, 83).
    private var isFasterByTiles: Bool {
        let isAliased = !transposesB && columns % 512 == 0 && rows * columns * inner <= 1 << 28
        return isAliased || (transposesA && rows * columns <= 1 << 18)
    }

    private func computeByTiles(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
        _ out: UnsafeMutablePointer<Float>
    ) {
        var shape = lockstep_product_shape(
            rows: rows, columns: columns, inner: inner, transposes_a: transposesA ? 1 : 0,
            transposes_b: transposesB ? 1 : 0)
        let scratch = Buffer(count: lockstep_product_scratch(&shape))
        lockstep_product(&shape, a, b, bias, out, scratch.pointer)
        if hasReLU { lockstep_relu(out, out, rows * columns) }
    }
}

/// A oneDNN primitive with its memory objects; used by one thread at a time.
private final class CompiledProduct: @unchecked Sendable {
    private static let idle = Mutex<[MatrixProduct: [CompiledProduct]]>([:])

    private let key: MatrixProduct
    private let primitive: dnnl_primitive_t
    private let stream: dnnl_stream_t
    private let a, b, out: dnnl_memory_t
    private let bias: dnnl_memory_t?
    private let scratchpad: dnnl_memory_t
    private let scratchpadBuffer: Buffer
    private var arguments: [dnnl_exec_arg_t]

    static func borrow(for key: MatrixProduct) -> CompiledProduct {
        idle.withLock { $0[key]?.popLast() } ?? CompiledProduct(key)
    }

    func giveBack() { Self.idle.withLock { $0[key, default: []].append(self) } }

    private init(_ key: MatrixProduct) {
        self.key = key
        let (m, n, k) = (Int64(key.rows), Int64(key.columns), Int64(key.inner))
        var aLayout = OneDNN.layout([m, k], strides: key.transposesA ? [1, m] : [k, 1])
        var bLayout = OneDNN.layout([k, n], strides: key.transposesB ? [1, k] : [n, 1])
        var biasLayout = OneDNN.layout([1, n], strides: [n, 1])
        var outLayout = OneDNN.layout([m, n], strides: [n, 1])

        var description = dnnl_matmul_desc_t()
        OneDNN.check(
            key.hasBias
                ? dnnl_matmul_desc_init(&description, &aLayout, &bLayout, &biasLayout, &outLayout)
                : dnnl_matmul_desc_init(&description, &aLayout, &bLayout, nil, &outLayout), "dnnl_matmul_desc_init")

        var attributes: dnnl_primitive_attr_t?
        OneDNN.check(dnnl_primitive_attr_create(&attributes), "dnnl_primitive_attr_create")
        OneDNN.check(
            dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
            "dnnl_primitive_attr_set_scratchpad_mode")
        if key.hasReLU {
            var chain: dnnl_post_ops_t?
            OneDNN.check(dnnl_post_ops_create(&chain), "dnnl_post_ops_create")
            OneDNN.check(
                dnnl_post_ops_append_eltwise(chain, 1, dnnl_eltwise_relu, 0, 0), "dnnl_post_ops_append_eltwise")
            OneDNN.check(dnnl_primitive_attr_set_post_ops(attributes, chain), "dnnl_primitive_attr_set_post_ops")
            OneDNN.check(dnnl_post_ops_destroy(chain), "dnnl_post_ops_destroy")
        }
        var plan: dnnl_primitive_desc_t?
        OneDNN.check(
            dnnl_primitive_desc_create(&plan, &description, attributes, OneDNN.engine, nil),
            "dnnl_primitive_desc_create(matmul \(m)×\(k) · \(k)×\(n))")
        OneDNN.check(dnnl_primitive_attr_destroy(attributes), "dnnl_primitive_attr_destroy")

        var made: dnnl_primitive_t?
        OneDNN.check(dnnl_primitive_create(&made, plan), "dnnl_primitive_create(matmul)")
        primitive = made!
        let scratchpadLayout = dnnl_primitive_desc_query_md(plan, dnnl_query_scratchpad_md, 0)!
        let bytes = dnnl_memory_desc_get_size(scratchpadLayout)
        scratchpadBuffer = Buffer(count: (bytes + 3) / 4)
        scratchpad = OneDNN.memory(scratchpadLayout, at: scratchpadBuffer.pointer)
        OneDNN.check(dnnl_primitive_desc_destroy(plan), "dnnl_primitive_desc_destroy")

        a = OneDNN.memory(&aLayout, at: nil)
        b = OneDNN.memory(&bLayout, at: nil)
        out = OneDNN.memory(&outLayout, at: nil)
        bias = key.hasBias ? OneDNN.memory(&biasLayout, at: nil) : nil
        stream = OneDNN.makeStream()
        arguments = [
            dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: a), dnnl_exec_arg_t(arg: DNNL_ARG_WEIGHTS, memory: b),
            dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: out),
            dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: scratchpad),
        ]
        if let bias { arguments.append(dnnl_exec_arg_t(arg: DNNL_ARG_BIAS, memory: bias)) }
    }

    func execute(
        _ aPointer: UnsafePointer<Float>, _ bPointer: UnsafePointer<Float>, _ biasPointer: UnsafePointer<Float>?,
        _ outPointer: UnsafeMutablePointer<Float>
    ) {
        OneDNN.point(a, at: UnsafeMutablePointer(mutating: aPointer))
        OneDNN.point(b, at: UnsafeMutablePointer(mutating: bPointer))
        OneDNN.point(out, at: outPointer)
        if let bias { OneDNN.point(bias, at: UnsafeMutablePointer(mutating: biasPointer)) }
        OneDNN.check(
            dnnl_primitive_execute(primitive, stream, Int32(arguments.count), &arguments), "dnnl_primitive_execute")
        OneDNN.check(dnnl_stream_wait(stream), "dnnl_stream_wait")
    }
}
