import CKernels
import Kernels

/// The fused backward pass of a recurrence: time steps from the last to the first, then the weights' gradients of all
/// steps as one product.
struct RecurrenceBackward {
    private let recurrence: Recurrence
    private let cotangent: Tensor
    private let saved: Saved

    init(_ recurrence: Recurrence, _ cotangent: Tensor, _ saved: Saved) {
        (self.recurrence, self.cotangent, self.saved) = (recurrence, cotangent, saved)
    }

    // u_t = h_{t-1}·U + b  ⇒  h̄_{t-1} += ū_t·Uᵀ, Ū = Σ_t h_{t-1}ᵀ·ū_t, b̄ = Σ_t ū_t
    func run() -> [Tensor?] {
        let (cell, isReversed) = (recurrence.cell, recurrence.isReversed)
        let size = RecurrenceSize(saved.inputs, recurrence)
        let weight = saved.inputs[1]
        let (states, cells, kept) = (saved.kept[0], saved.kept[1], saved.kept[2])
        let width = size.hidden * cell.gateCount
        let gatesBlock = size.batch * width
        let projected = Tensor(shape: [size.time * size.batch, width]) { _ in }
        let products = cell.hasProductBias ? Tensor(shape: [size.time * size.batch, width]) { _ in } : projected
        // the cotangent of the state: through the later step's product, and the rest
        let product = Buffer(repeating: 0, count: size.block)
        let hasLengths = recurrence.lengths != nil
        let activeCotangents = Buffer(count: hasLengths ? gatesBlock : 0)
        let activeProduct = Buffer(count: hasLengths ? size.block : 0)
        let carry = Tensor(shape: [size.batch, size.hidden]) {
            $0.baseAddress!.update(from: cotangent.buffer.pointer + size.time * size.block, count: size.block)
        }
        let cellCarry = Tensor(shape: cell.hasCell ? [size.batch, size.hidden] : [0]) {
            if cell.hasCell {
                $0.baseAddress!.update(from: cotangent.buffer.pointer + (size.time + 1) * size.block, count: size.block)
            }
        }
        let packed = PackedMatrix(weight.buffer.pointer, inner: width, columns: size.hidden, isTransposed: true)
        for number in (0..<size.time).reversed() {
            let time = isReversed ? size.time - 1 - number : number
            let (before, after) = isReversed ? (time + 1, time) : (time, time + 1)
            recurrence.withStep(size, time) { step in
                cell.backward(
                    step,
                    lockstep_backward_step(
                        kept: kept.buffer.pointer + time * size.block * cell.keptCount,
                        state: states.buffer.pointer + before * size.block,
                        next_state: states.buffer.pointer + after * size.block,
                        cell: cell.hasCell ? cells.buffer.pointer + before * size.block : nil,
                        next_cell: cell.hasCell ? cells.buffer.pointer + after * size.block : nil,
                        output_cotangent: cotangent.buffer.pointer + time * size.block, product: product.pointer,
                        carry: carry.buffer.pointer, cell_carry: cell.hasCell ? cellCarry.buffer.pointer : nil,
                        d_projected: projected.buffer.pointer + time * gatesBlock,
                        d_product: products.buffer.pointer + time * gatesBlock))
            }
            if number > 0 || saved.needs[2] {
                let from = products.buffer.pointer + time * gatesBlock
                if let active = recurrence.activeSamples(at: time) {
                    // the cotangents of inactive samples are 0, and so are their products
                    lockstep_gather(from, active, activeCotangents.pointer, active.count, width)
                    packed.product(activeCotangents.pointer, rows: active.count, into: activeProduct.pointer)
                    product.pointer.update(repeating: 0, count: size.block)
                    lockstep_scatter_add(
                        activeProduct.pointer, active, product.pointer, active.count, size.hidden)
                } else {
                    packed.product(from, rows: size.batch, into: product.pointer)
                }
            }
        }
        let previous = Tensor(
            buffer: Buffer(
                sliceOf: states.buffer,
                isReversed ? size.block..<states.shape.count : 0..<(size.time * size.block)),
            shape: [size.time * size.batch, size.hidden])
        var results: [Tensor?] = [
            saved.needs[0] ? projected.reshaped(to: [size.time, size.batch, width]) : nil,
            saved.needs[1]
                ? MatrixMultiply(transposesA: true).applied(to: [previous, products], out: saved.out(1)) : nil,
            saved.needs[2] ? Tensor(buffer: product, shape: carry.shape) + carry : nil,
        ]
        if cell.hasCell { results.append(cellCarry) }
        if cell.hasProductBias { results.append(saved.needs[3] ? products.sum(to: [width]) : nil) }
        return results
    }
}
