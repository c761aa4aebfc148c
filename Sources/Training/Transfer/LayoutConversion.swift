import TensorEngine

/// How the elements of a source's tensor come into the order of this program's.
enum LayoutConversion: Equatable {
    /// They are in it.
    case none
    /// From PyTorch's order of the axes, and of the inputs of a layer after a flattening.
    case fromPyTorch(ParameterAxes)

    /// The conversion for the tensor `name` of `source`; `shape` and `axes` are those of this run's tensor.
    ///
    /// Throws `AmbiguousLayout` where the shape fits in two ways, and nobody says which it is; `OtherLayout` where the source
    /// says that it is one that this program does not know.
    init(
        of name: String, in source: WeightSource, to shape: [Int], axes: ParameterAxes?,
        layout: TransferSettings.Layout
    ) throws {
        let found = source.shapes.first { $0.name == name }?.shape ?? []
        if let text = source.metadata.layout(of: name) {
            let own = TensorMetadata.layout(axes, rank: shape.count)
            if text == own {
                self = .none
            } else if let axes, text == axes.pyTorchText {
                self = .fromPyTorch(axes)
            } else {
                throw OtherLayout(reason: "its layout is \(own) here and \(text) there")
            }
            return
        }
        // a file without layouts whose tensors have our checksums was written by an earlier version
        if source.isOwn(name) || layout == .lockstep || found.count < 2 {
            self = .none
        } else if layout == .pytorch {
            guard let axes else { throw OtherLayout(reason: "its layer does not say what its axes are in PyTorch") }
            self = .fromPyTorch(axes)
        } else if let axes {
            if found == shape, axes.pyTorchShape(of: shape) == shape, !axes.isLikePyTorch(shape) {
                throw AmbiguousLayout(
                    path: source.description, name: name, shape: found, ours: axes.text, theirs: axes.pyTorchText)
            }
            self = .none
        } else {
            let extents = found.filter { $0 > 1 }
            if found == shape, Set(extents).count < extents.count {
                throw AmbiguousLayout(
                    path: source.description, name: name, shape: found, ours: "this program's order of the axes",
                    theirs: "another")
            }
            self = .none
        }
    }

    /// The shape that a tensor of `shape` has once it is converted; nil where it has too many axes, or too few.
    func shape(of shape: [Int]) -> [Int]? {
        guard case .fromPyTorch(let axes) = self else { return shape }
        guard shape.count == axes.names.count else { return nil }
        var own = shape
        for (position, axis) in axes.pyTorchOrder.enumerated() { own[axis] = shape[position] }
        if let flattened = axes.flattened, own[0] != flattened.reduce(1, *) { return nil }
        return own
    }

    /// The elements of a tensor of `shape`, converted.
    func values(_ values: [Float], shape: [Int]) -> [Float] {
        guard case .fromPyTorch(let axes) = self, let own = self.shape(of: shape) else { return values }
        return axes.fromPyTorch(values, shape: own)
    }

    /// The distance of neighbors along each axis, row-major.
    static func strides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }

    /// The next index of a tensor of `shape`, row-major; after the last the first.
    static func advance(_ index: inout [Int], _ shape: [Int]) {
        for axis in shape.indices.reversed() {
            index[axis] += 1
            if index[axis] < shape[axis] { return }
            index[axis] = 0
        }
    }
}

extension WeightSource {
    /// The layout of the tensors of which the file does not say it: PyTorch's if it wrote the file, or if the shapes of all that the
    /// model knows fit it and one of them nothing else.
    func layout(
        for wanted: [(name: String, shape: [Int])], axes: [String: ParameterAxes]
    ) -> TransferSettings.Layout {
        if metadata.isOfPyTorch { return .pytorch }
        let found = Dictionary(shapes.map { ($0.name, $0.shape) }) { first, _ in first }
        var isOnlyTheirs = false
        for (name, shape) in wanted {
            guard let there = found[name], there.count > 1, !isOwn(name), metadata.layout(of: name) == nil,
                foreign?.origins[name]?.layout == nil, let axes = axes[name], axes.names.count == there.count
            else { continue }
            guard axes.pyTorchShape(of: shape) == there else { return .automatic }
            if there != shape { isOnlyTheirs = true }
        }
        return isOnlyTheirs ? .pytorch : .automatic
    }
}

extension ParameterAxes {
    /// Whether the elements of a tensor of `shape` lie as in PyTorch: only axes of one element stand elsewhere.
    func isLikePyTorch(_ shape: [Int]) -> Bool {
        let moved = pyTorchOrder.filter { shape[$0] > 1 }
        let isSame = flattened.map { $0[2] == 1 || $0[0] * $0[1] == 1 } ?? true
        return moved == moved.sorted() && isSame
    }
}

/// The shape of a foreign tensor fits in two ways.
struct AmbiguousLayout: Error, CustomStringConvertible {
    let path, name: String
    let shape: [Int]
    let ours, theirs: String
    var description: String {
        "cannot take \(name) \(shape) from \(path): the file does not say whether its axes are \(ours), as in this program, or \(theirs), as in PyTorch; set transfer.layout to lockstep or pytorch, or leave it out (transfer.skip)"
    }
}

/// A tensor's layout is not one that can be converted.
struct OtherLayout: Error { let reason: String }
