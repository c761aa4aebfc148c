import CKernels
import Kernels
import Preconditions

/// One layer of a recurrent network in one direction over all time steps.
///
/// Inputs: the input's products of all steps [time, batch, gates · hidden]; the recurrent weights [hidden, gates · hidden];
/// the initial state [batch, hidden]; then the initial cell [batch, hidden] or the product's bias [gates · hidden], where
/// the cell has one. Output: [time + 1 (+ 1), batch, hidden]: the outputs, the final state, the final cell if there is one.
///
/// A sample is active in the steps below its length, and only active samples are multiplied by the weights. Beyond its
/// length its output is 0 and its state stays, so that the final state is that of its last step, and in reverse it begins
/// at its own end.
struct Recurrence: Primitive {
    static let saves: SavedValues = .inputs
    let cell: any RecurrentCell
    let isReversed: Bool
    /// nil: all samples have all steps.
    let lengths: Indices?

    func forward(_ inputs: [Tensor]) -> Tensor { run(inputs, keepsAll: false).output }

    func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor]) { run(inputs, keepsAll: true) }

    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        saved.recordsGraph
            ? vjpByComposition(cotangent, saved, of: recorded) : RecurrenceBackward(self, cotangent, saved).run()
    }

    private func run(_ inputs: [Tensor], keepsAll: Bool) -> (output: Tensor, kept: [Tensor]) {
        let size = RecurrenceSize(inputs, self)
        let (weight, extra) = (inputs[1], inputs.count > 3 ? inputs[3] : nil)
        // [time + 1] states: index t has the state before step t, in reverse the state after it
        let states = Buffer(count: (size.time + 1) * size.block)
        let cells = Buffer(count: cell.hasCell ? (size.time + 1) * size.block : 0)
        let keptBlock = size.block * cell.keptCount
        let kept = Buffer(count: (keepsAll ? size.time : 1) * keptBlock)
        let product = Buffer(count: size.block * cell.gateCount)
        let activeStates = Buffer(count: lengths == nil ? 0 : size.block)
        let packed = PackedMatrix(
            weight.buffer.pointer, inner: size.hidden, columns: size.hidden * cell.gateCount)
        let first = isReversed ? size.time : 0
        (states.pointer + first * size.block).update(from: inputs[2].buffer.pointer, count: size.block)
        if cell.hasCell {
            (cells.pointer + first * size.block).update(from: extra!.buffer.pointer, count: size.block)
        }
        let output = Tensor(shape: size.outputShape) { out in
            let out = out.baseAddress!
            for number in 0..<size.time {
                let time = isReversed ? size.time - 1 - number : number
                let (before, after) = isReversed ? (time + 1, time) : (time, time + 1)
                let active = activeSamples(at: time)
                let state = states.pointer + before * size.block
                if let active {
                    lockstep_gather(state, active, activeStates.pointer, active.count, size.hidden)
                }
                packed.product(
                    active == nil ? state : activeStates.pointer, rows: active?.count ?? size.batch,
                    bias: cell.hasProductBias ? UnsafePointer(extra!.buffer.pointer) : nil, into: product.pointer)
                withStep(size, time) { step in
                    cell.forward(
                        step,
                        lockstep_forward_step(
                            projected: inputs[0].buffer.pointer + time * size.block * cell.gateCount,
                            product: product.pointer, state: state,
                            cell: cell.hasCell ? cells.pointer + before * size.block : nil,
                            kept: kept.pointer + (keepsAll ? time * keptBlock : 0),
                            next_state: states.pointer + after * size.block,
                            next_cell: cell.hasCell ? cells.pointer + after * size.block : nil,
                            output: out + time * size.block))
                }
            }
            let last = isReversed ? 0 : size.time
            (out + size.time * size.block).update(from: states.pointer + last * size.block, count: size.block)
            if cell.hasCell {
                (out + (size.time + 1) * size.block).update(
                    from: cells.pointer + last * size.block, count: size.block)
            }
        }
        return (output, [states, cells, kept].map { Tensor(buffer: $0, shape: [$0.count]) })
    }

    /// The same in recorded operations, step by step.
    private func recorded(_ inputs: [Tensor]) -> Tensor {
        let size = RecurrenceSize(inputs, self)
        let (weight, extra) = (inputs[1], inputs.count > 3 ? inputs[3] : nil)
        let width = size.hidden * cell.gateCount
        var state = inputs[2]
        var memory = cell.hasCell ? extra : nil
        var outputs = [Tensor?](repeating: nil, count: size.time)
        for number in 0..<size.time {
            let time = isReversed ? size.time - 1 - number : number
            var product = state.matrixProduct(weight)
            if cell.hasProductBias { product = product + extra! }
            let projected = inputs[0].slice(time..<(time + 1), alongAxis: 0).reshaped(to: [size.batch, width])
            let next = cell.recorded(projected: projected, product: product, state: state, cell: memory)
            if let lengths {
                let mask = Tensor(lengths.values.map { time < Int($0) ? 1 : 0 }, shape: [size.batch, 1])
                outputs[time] = next.state * mask
                state = state + (next.state - state) * mask
                memory = memory.map { $0 + (next.cell! - $0) * mask }
            } else {
                (outputs[time], state, memory) = (next.state, next.state, next.cell)
            }
        }
        let parts = outputs.map { $0! } + [state] + (memory.map { [$0] } ?? [])
        return .concatenated(parts.map { $0.reshaped(to: [1, size.batch, size.hidden]) }, alongAxis: 0)
    }

    /// The samples whose length is above `time`, in order; nil when all are.
    func activeSamples(at time: Int) -> [Int32]? {
        guard let lengths else { return nil }
        let active = lengths.values.indices.lazy.filter { Int(lengths.values[$0]) > time }.map { Int32($0) }
        return active.count == lengths.count ? nil : Array(active)
    }

    /// Calls `body` with the description of the step at `time`; the lengths are borrowed for the call.
    func withStep(_ size: RecurrenceSize, _ time: Int, _ body: (lockstep_step) -> Void) {
        let step = lockstep_step(batch: size.batch, hidden: size.hidden, lengths: nil, time: Int32(time))
        guard let lengths else { return body(step) }
        lengths.values.withUnsafeBufferPointer {
            var step = step
            step.lengths = $0.baseAddress
            body(step)
        }
    }
}

/// The sizes of a recurrence, checked.
struct RecurrenceSize {
    let time, batch, hidden: Int
    let outputShape: Shape
    /// The elements of a state.
    var block: Int { batch * hidden }

    init(_ inputs: [Tensor], _ recurrence: Recurrence) {
        let cell = recurrence.cell
        let shapes = inputs.map(\.shape)
        let fits =
            shapes.count >= 3 && shapes[0].rank == 3 && shapes[0][0] > 0 && shapes[0][1] > 0 && shapes[1].rank == 2
            && shapes[1][1] == shapes[0][2] && shapes[1][1] == shapes[1][0] * cell.gateCount
            && shapes[2] == [shapes[0][1], shapes[1][0]]
            && shapes.count == (cell.hasCell || cell.hasProductBias ? 4 : 3)
            && (!cell.hasCell || shapes[3] == shapes[2]) && (!cell.hasProductBias || shapes[3] == [shapes[1][1]])
        require(
            fits,
            "recurrence: the shapes \(shapes) are not [time, batch, \(cell.gateCount) · hidden], [hidden, \(cell.gateCount) · hidden], [batch, hidden] and the cell's or bias's"
        )
        (time, batch, hidden) = (shapes[0][0], shapes[0][1], shapes[1][0])
        outputShape = [time + (cell.hasCell ? 2 : 1), batch, hidden]
        if let lengths = recurrence.lengths {
            require(
                lengths.shape == [batch] && lengths.values.allSatisfy { $0 >= 1 && Int($0) <= time },
                "recurrence: \(batch) lengths in 1...\(time) are needed, found \(lengths.values)")
        }
    }
}

extension Tensor {
    /// A recurrent layer over the products `self` [time, batch, gates · hidden] of its inputs.
    ///
    /// - Returns: outputs [time, batch, hidden], the final state and cell [batch, hidden].
    package func recurrence(
        _ cell: any RecurrentCell, weight: Tensor, productBias: Tensor?, state: Tensor, cellState: Tensor?,
        isReversed: Bool, lengths: Indices?
    ) -> (outputs: Tensor, state: Tensor, cellState: Tensor?) {
        let operation = Recurrence(cell: cell, isReversed: isReversed, lengths: lengths)
        let extra = cellState ?? productBias
        let whole = extra.map { operation(self, weight, state, $0) } ?? operation(self, weight, state)
        let time = shape[0]
        func row(_ number: Int) -> Tensor {
            whole.slice(number..<(number + 1), alongAxis: 0).reshaped(to: state.shape)
        }
        return (whole.slice(0..<time, alongAxis: 0), row(time), cell.hasCell ? row(time + 1) : nil)
    }
}
