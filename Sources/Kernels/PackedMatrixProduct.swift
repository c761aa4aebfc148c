import COneDNN
import Preconditions
import Synchronization

/// The product out = a · op(b) [+ bias] with `b` brought into oneDNN's own format once and used many times.
///
/// For few rows, bringing `b` into that format takes a large part of a product's time; a recurrent layer multiplies by the
/// same matrix at every time step. Take one with `packing`, use it, and give it back.
public final class PackedMatrixProduct: @unchecked Sendable {
    /// The shape: a is [rows, inner], out [rows, columns], both row-major.
    public struct Size: Hashable, Sendable {
        /// Rows of a and out, columns of out, and what sums run over.
        public var rows, columns, inner: Int
        /// Whether `b` is stored as [columns, inner].
        public var transposesB: Bool
        /// Whether a row of `columns` biases is added to each row.
        public var hasBias: Bool

        /// A size, all numbers at least 1.
        public init(rows: Int, columns: Int, inner: Int, transposesB: Bool = false, hasBias: Bool = false) {
            require(
                rows > 0 && columns > 0 && inner > 0,
                "PackedMatrixProduct: sizes must be at least 1, found \(rows)×\(inner) · \(inner)×\(columns)")
            (self.rows, self.columns, self.inner) = (rows, columns, inner)
            (self.transposesB, self.hasBias) = (transposesB, hasBias)
        }
    }

    private static let idle = Mutex<[Size: [PackedMatrixProduct]]>([:])

    private let size: Size
    private let product, reorder: dnnl_primitive_t
    private let stream: dnnl_stream_t
    private let a, plain, packed, out, scratchpad: dnnl_memory_t
    private let bias: dnnl_memory_t?
    private let packedBuffer, scratchpadBuffer: Buffer
    private var productArguments, reorderArguments: [dnnl_exec_arg_t]

    /// A product with `b` packed; nobody else uses it until it is given back.
    public static func packing(_ b: UnsafePointer<Float>, _ size: Size) -> PackedMatrixProduct {
        let product = idle.withLock { $0[size]?.popLast() } ?? PackedMatrixProduct(size)
        OneDNN.point(product.plain, at: UnsafeMutablePointer(mutating: b))
        OneDNN.check(
            dnnl_primitive_execute(product.reorder, product.stream, 2, &product.reorderArguments), "pack weights")
        OneDNN.check(dnnl_stream_wait(product.stream), "dnnl_stream_wait")
        return product
    }

    /// Lets others use it.
    public func giveBack() { Self.idle.withLock { $0[size, default: []].append(self) } }

    /// Computes one product. The pointers are borrowed for the length of the call; `out` overlaps no operand.
    public func compute(
        _ aPointer: UnsafePointer<Float>, bias biasPointer: UnsafePointer<Float>? = nil,
        into outPointer: UnsafeMutablePointer<Float>
    ) {
        require(
            (biasPointer != nil) == size.hasBias,
            "PackedMatrixProduct: bias given: \(biasPointer != nil), expected: \(size.hasBias)")
        OneDNN.point(a, at: UnsafeMutablePointer(mutating: aPointer))
        OneDNN.point(out, at: outPointer)
        if let bias { OneDNN.point(bias, at: UnsafeMutablePointer(mutating: biasPointer)) }
        OneDNN.check(
            dnnl_primitive_execute(product, stream, Int32(productArguments.count), &productArguments),
            "dnnl_primitive_execute(packed matmul)")
        OneDNN.check(dnnl_stream_wait(stream), "dnnl_stream_wait")
    }

    private init(_ size: Size) {
        self.size = size
        let (m, n, k) = (Int64(size.rows), Int64(size.columns), Int64(size.inner))
        var aLayout = OneDNN.layout([m, k], strides: [k, 1])
        var plainLayout = OneDNN.layout([k, n], strides: size.transposesB ? [1, k] : [n, 1])
        var biasLayout = OneDNN.layout([1, n], strides: [n, 1])
        var outLayout = OneDNN.layout([m, n], strides: [n, 1])
        var anyLayout = dnnl_memory_desc_t()
        OneDNN.check(
            dnnl_memory_desc_init_by_tag(&anyLayout, 2, [k, n], dnnl_f32, dnnl_format_tag_any),
            "dnnl_memory_desc_init_by_tag")
        var description = dnnl_matmul_desc_t()
        OneDNN.check(
            size.hasBias
                ? dnnl_matmul_desc_init(&description, &aLayout, &anyLayout, &biasLayout, &outLayout)
                : dnnl_matmul_desc_init(&description, &aLayout, &anyLayout, nil, &outLayout), "dnnl_matmul_desc_init")
        var attributes: dnnl_primitive_attr_t?
        OneDNN.check(dnnl_primitive_attr_create(&attributes), "dnnl_primitive_attr_create")
        OneDNN.check(
            dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
            "dnnl_primitive_attr_set_scratchpad_mode")
        var plan: dnnl_primitive_desc_t?
        OneDNN.check(
            dnnl_primitive_desc_create(&plan, &description, attributes, OneDNN.engine, nil),
            "dnnl_primitive_desc_create(packed matmul \(m)×\(k) · \(k)×\(n))")
        OneDNN.check(dnnl_primitive_attr_destroy(attributes), "dnnl_primitive_attr_destroy")
        var made: dnnl_primitive_t?
        OneDNN.check(dnnl_primitive_create(&made, plan), "dnnl_primitive_create(packed matmul)")
        product = made!

        let packedLayout = dnnl_primitive_desc_query_md(plan, dnnl_query_weights_md, 0)!
        packedBuffer = Buffer(count: (dnnl_memory_desc_get_size(packedLayout) + 3) / 4)
        packed = OneDNN.memory(packedLayout, at: packedBuffer.pointer)
        let scratchpadLayout = dnnl_primitive_desc_query_md(plan, dnnl_query_scratchpad_md, 0)!
        scratchpadBuffer = Buffer(count: (dnnl_memory_desc_get_size(scratchpadLayout) + 3) / 4)
        scratchpad = OneDNN.memory(scratchpadLayout, at: scratchpadBuffer.pointer)
        var reorderPlan: dnnl_primitive_desc_t?
        OneDNN.check(
            dnnl_reorder_primitive_desc_create(
                &reorderPlan, &plainLayout, OneDNN.engine, packedLayout, OneDNN.engine, nil),
            "dnnl_reorder_primitive_desc_create")
        var madeReorder: dnnl_primitive_t?
        OneDNN.check(dnnl_primitive_create(&madeReorder, reorderPlan), "dnnl_primitive_create(reorder)")
        reorder = madeReorder!
        OneDNN.check(dnnl_primitive_desc_destroy(reorderPlan), "dnnl_primitive_desc_destroy")
        OneDNN.check(dnnl_primitive_desc_destroy(plan), "dnnl_primitive_desc_destroy")

        a = OneDNN.memory(&aLayout, at: nil)
        plain = OneDNN.memory(&plainLayout, at: nil)
        out = OneDNN.memory(&outLayout, at: nil)
        bias = size.hasBias ? OneDNN.memory(&biasLayout, at: nil) : nil
        stream = OneDNN.makeStream()
        reorderArguments = [
            dnnl_exec_arg_t(arg: DNNL_ARG_FROM, memory: plain), dnnl_exec_arg_t(arg: DNNL_ARG_TO, memory: packed),
        ]
        productArguments = [
            dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: a), dnnl_exec_arg_t(arg: DNNL_ARG_WEIGHTS, memory: packed),
            dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: out),
            dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: scratchpad),
        ]
        if let bias { productArguments.append(dnnl_exec_arg_t(arg: DNNL_ARG_BIAS, memory: bias)) }
    }
}
