import CKernels
import Kernels
import Preconditions

/// Repeats the input along axes where it has size 1 or is missing, to `shape`.
struct Broadcast: Primitive {
    static let saves: SavedValues = []
    let shape: Shape

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        if input.shape.count == 1 { return Tensor(repeating: input.scalar, shape: shape) }
        return Tensor(shape: shape) {
            guard let out = $0.baseAddress else { return }
            StridedCopy(sizes: shape.sizes, from: input.shape.strides(broadcastTo: shape), to: shape.strides)
                .copy(input.buffer.pointer, to: out)
        }
    }

    // y[i, j] = x[j]  ⇒  x̄[j] = Σ_i ȳ[i, j]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent.sum(to: saved.inputShapes[0])] }
}

/// Sums the input along axes where `shape` has size 1 or no axis: the opposite of `Broadcast`.
struct SumTo: Primitive {
    static let saves: SavedValues = []
    let shape: Shape

    func forward(_ inputs: [Tensor]) -> Tensor {
        let input = inputs[0]
        let (from, count) = (input.buffer.pointer, input.shape.count)
        if shape.count == 1 { return Tensor(repeating: Float(lockstep_sum(from, count)), shape: shape) }
        let strides = shape.strides(broadcastTo: input.shape)
        let summedAxes = strides.indices.filter { strides[$0] == 0 && input.shape[$0] != 1 }
        return Tensor(shape: shape) { out in
            let to = out.baseAddress!
            if summedAxes == Array(0..<summedAxes.count) {
                lockstep_sum_rows(from, to, count / max(shape.count, 1), shape.count)
            } else if summedAxes == Array((strides.count - summedAxes.count)..<strides.count) {
                lockstep_sum_columns(from, to, shape.count, count / max(shape.count, 1))
            } else {
                out.update(repeating: 0)
                StridedWalk(shape: input.shape, strides: strides).forEachRow { start, row, step in
                    let length = input.shape.innermost
                    if step == 0 {
                        to[start] += Float(lockstep_sum(from + row, length))
                    } else {
                        lockstep_add(to + start, from + row, to + start, length)
                    }
                }
            }
        }
    }

    // y[j] = Σ_i x[i, j]  ⇒  x̄[i, j] = ȳ[j]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] { [cotangent.broadcast(to: saved.inputShapes[0])] }
}

/// Iterates over the rows (innermost axis) of an array of `shape` that is read with other strides.
struct StridedWalk {
    let shape: Shape
    let strides: [Int]

    /// Calls `body` for each row with the offset of its first element by `strides`, that in row-major order, and the stride
    /// within the row.
    func forEachRow(_ body: (_ start: Int, _ row: Int, _ step: Int) -> Void) {
        guard shape.count > 0 else { return }
        var position = [Int](repeating: 0, count: max(shape.rank - 1, 0))
        var start = 0
        for row in 0..<shape.outerCount {
            body(start, row * shape.innermost, strides.last ?? 0)
            for axis in position.indices.reversed() {
                position[axis] += 1
                start += strides[axis]
                if position[axis] < shape[axis] { break }
                start -= strides[axis] * shape[axis]
                position[axis] = 0
            }
        }
    }
}

extension Tensor {
    /// The tensor repeated to `shape`, along axes where it has size 1 or is missing.
    public func broadcast(to shape: Shape) -> Tensor {
        if shape == self.shape { return self }
        require(
            self.shape.broadcast(with: shape) == shape, "broadcast: shape \(self.shape) does not broadcast to \(shape)")
        return Broadcast(shape: shape)(self)
    }

    /// The tensor summed to `shape`, along axes where that has size 1 or no axis.
    public func sum(to shape: Shape) -> Tensor {
        if shape == self.shape { return self }
        require(
            shape.broadcast(with: self.shape) == self.shape, "sum: shape \(self.shape) does not sum to \(shape)")
        return SumTo(shape: shape)(self)
    }

    /// The sum of all elements, a scalar.
    public func sum() -> Tensor { sum(to: []) }

    /// The mean of all elements, a scalar.
    public func mean() -> Tensor { sum() * (1 / Float(shape.count)) }

    /// The sums along an axis, which stays with size 1; a negative axis counts from the innermost.
    public func sum(alongAxis axis: Int) -> Tensor {
        var sizes = shape.sizes
        sizes[shape.resolved(axis: axis, "sum")] = 1
        return sum(to: Shape(sizes))
    }

    /// Applies an element-wise kernel to two tensors broadcast to their common shape.
    static func combine(
        _ inputs: [Tensor], _ name: String,
        _ kernel: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    ) -> Tensor {
        let (a, b) = (inputs[0], inputs[1])
        if a.shape == b.shape {
            return Tensor(shape: a.shape) {
                kernel(a.buffer.pointer, b.buffer.pointer, $0.baseAddress!, $0.count)
            }
        }
        let shape = commonShape(name, a.shape, b.shape)
        let (left, right) = (a.detached.broadcast(to: shape), b.detached.broadcast(to: shape))
        return Tensor(shape: shape) {
            kernel(left.buffer.pointer, right.buffer.pointer, $0.baseAddress!, shape.count)
        }
    }

    /// Applies an element-wise kernel.
    func map(_ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void) -> Tensor {
        Tensor(shape: shape) { kernel(buffer.pointer, $0.baseAddress!, shape.count) }
    }
}
