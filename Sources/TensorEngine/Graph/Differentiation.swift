package import Kernels
import Preconditions

/// The gradients of a scalar with respect to tracked tensors, each of its tensor's shape; zero where there is no
/// dependence.
///
/// A variable that is given several times has its whole gradient each time. With `createsGraph` the gradients are
/// tracked and can be differentiated again, to any order. Unless `retainsGraph`, the values saved for this graph are
/// released on the way, and it can't be used again. PyTorch's `autograd.grad`.
public func gradients(
    of output: Tensor, withRespectTo variables: [Tensor], createsGraph: Bool = false, retainsGraph: Bool? = nil
) -> [Tensor] {
    require(output.shape.count == 1, "gradients: the output must be a scalar, its shape is \(output.shape)")
    require(
        variables.allSatisfy(\.isTracked),
        "gradients: variable \(variables.firstIndex { !$0.isTracked } ?? 0) is not tracked; use its `tracked` form in the computation"
    )
    let targets = variables.compactMap(\.origin)
    var results = [Tensor?](repeating: nil, count: variables.count)
    var walk = BackwardWalk(
        from: output, to: targets, recordsGraph: createsGraph, retainsGraph: retainsGraph ?? createsGraph)
    walk.run(cotangent: Tensor(repeating: 1, shape: output.shape)) { results[$0] = $1 }
    return zip(results, variables).map { $0 ?? Tensor(repeating: 0, shape: $1.shape) }
}

/// The loss that `loss` computes, and its gradients with respect to `parameters`, handed out one by one.
///
/// The parameters are tracked while the closure and the backward pass run. `whenReady` is called exactly once for each
/// parameter, with its index in `parameters` and its gradient, as soon as that gradient is final; backward goes on
/// afterwards. A parameter that is given several times is handed its whole gradient each time. A parameter that the
/// loss does not depend on is handed a gradient of zeros, first of all. Calls nest: within another gradient computation
/// of the same parameters this one has variables of its own.
/// - Parameter observers: see each operation that depends on the parameters, unless an outer computation tracks these.
/// - Returns: the loss, detached.
public func valueAndGradients(
    of parameters: [Parameter], observers: [any OperationObserver] = [],
    whenReady: (_ index: Int, _ gradient: Tensor) throws -> Void, loss: () throws -> Tensor
) rethrows -> Tensor {
    try valueAndGradients(
        of: parameters, observers: observers, destination: { _ in nil }, whenReady: whenReady, loss: loss)
}

/// As the other form.
/// - Parameter destination: memory in which the gradient of a parameter had best be computed; it may be elsewhere.
package func valueAndGradients(
    of parameters: [Parameter], observers: [any OperationObserver] = [], destination: (_ index: Int) -> Buffer?,
    whenReady: (_ index: Int, _ gradient: Tensor) throws -> Void, loss: () throws -> Tensor
) rethrows -> Tensor {
    try withTracking(parameters, observers: observers) { variables in
        let leaves = variables.compactMap(\.origin)
        let value = try loss()
        require(
            value.shape.count == 1, "valueAndGradients: the loss must be a scalar, its shape is \(value.shape)")
        var walk = BackwardWalk(from: value, to: leaves, recordsGraph: false, retainsGraph: false)
        for index in walk.unreachedTargets(of: leaves.count) {
            try whenReady(index, Tensor(repeating: 0, shape: parameters[index].shape))
        }
        try walk.run(
            cotangent: Tensor(repeating: 1, shape: value.shape), destination: destination, whenFinal: whenReady)
        return value.detached
    }
}

/// The loss that `loss` computes, and its gradients with respect to `parameters`, in their order.
///
/// Calls nest: within another gradient computation of the same parameters, this one has variables of its own that
/// depend on the outer ones.
/// - Parameter createsGraph: whether loss and gradients are tracked, so that an outer gradient computation
///   differentiates through them: the inner step of MAML, a penalty on the gradient. Otherwise they are constants.
public func valueAndGradients(
    of parameters: [Parameter], observers: [any OperationObserver] = [], createsGraph: Bool = false,
    loss: () throws -> Tensor
) rethrows -> (value: Tensor, gradients: [Tensor]) {
    if createsGraph {
        return try withTracking(parameters, observers: observers) { variables in
            let value = try loss()
            require(
                value.shape.count == 1, "valueAndGradients: the loss must be a scalar, its shape is \(value.shape)")
            return (value, gradients(of: value, withRespectTo: variables, createsGraph: true))
        }
    }
    var found = [Tensor?](repeating: nil, count: parameters.count)
    let value = try valueAndGradients(
        of: parameters, observers: observers, whenReady: { found[$0] = $1 }, loss: loss)
    return (value, found.map { $0! })
}

/// The product of the loss's Hessian with a vector, which has one tensor for each parameter, of its shape.
///
/// Costs about two gradients; the Hessian itself is never formed. Source: Pearlmutter, "Fast exact multiplication by
/// the Hessian", 1994.
public func hessianVectorProduct(of parameters: [Parameter], with vector: [Tensor], loss: () throws -> Tensor) rethrows
    -> [Tensor]
{
    require(
        parameters.map(\.shape) == vector.map(\.shape),
        "hessianVectorProduct: the vector's shapes \(cut(vector.map(\.shape))) are not those of the parameters \(cut(parameters.map(\.shape)))"
    )
    return try withTracking(parameters) { variables in
        let first = gradients(of: try loss(), withRespectTo: variables, createsGraph: true)
        let slope = zip(first, vector).map { ($0 * $1.detached).sum() }.reduce(Tensor(0), +)
        return gradients(of: slope, withRespectTo: variables)
    }
}

/// Runs `body` with each parameter tracked as a variable of its own, and ends the tracking however `body` ends.
///
/// Where a parameter is tracked already, by a computation around this one, the variable depends on the outer one.
private func withTracking<Result>(
    _ parameters: [Parameter], observers: [any OperationObserver] = [], _ body: ([Tensor]) throws -> Result
) rethrows -> Result {
    let observers = ObserverList(observers)
    // a parameter that is given several times is one variable
    var known: [ObjectIdentifier: Tensor] = [:]
    let variables = parameters.map { parameter -> Tensor in
        let (id, outer) = (ObjectIdentifier(parameter), parameter.value)
        let variable = known[id] ?? (outer.isTracked ? Affine(scale: 1)(outer) : outer.tracked(observers: observers))
        known[id] = variable
        return variable
    }
    return try Parameter.substituting(variables, of: parameters) { try body(variables) }
}

extension BackwardWalk {
    /// The targets that the output does not depend on.
    func unreachedTargets(of count: Int) -> [Int] {
        let reached = Set(reachedTargets)
        return (0..<count).filter { !reached.contains($0) }
    }
}
