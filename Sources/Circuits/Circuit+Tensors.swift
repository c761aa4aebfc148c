import Preconditions
public import TensorEngine

extension Circuit {
    /// The expectations of `observables` as tensors with a gradient, by the adjoint method: [n, parameters] → [n, observables].
    ///
    /// First derivatives only: the gradient itself is not recorded.
    public func expectations(_ observables: [Observable], _ values: Tensor) -> Tensor {
        let (rows, width) = (values.shape[0], parameters)
        require(
            values.shape.rank == 2 && values.shape[1] == width,
            "Circuit.expectations: values of shape \(values.shape) given for \(width) parameters")
        func row(_ values: Tensor, _ index: Int) -> [Double] {
            values.withElements { elements in (0..<width).map { Double(elements[index * width + $0]) } }
        }
        return customGradient(values) { values in
            Tensor(
                (0..<rows).flatMap { index in
                    let state = self.state(row(values, index))
                    return observables.map { Float(state.expectation($0)) }
                }, shape: [rows, observables.count])
        } vjp: { cotangent, values, _ in
            let weights = cotangent.values
            let gradients = (0..<rows).flatMap { index -> [Float] in
                // one observable, weighted by the cotangents
                let terms = observables.enumerated().flatMap { place, observable in
                    let weight = Double(weights[index * observables.count + place])
                    return observable.terms.map { (weight * $0.coefficient, $0.string) }
                }
                return adjointGradient(Observable(terms), row(values, index)).gradient.map { Float($0) }
            }
            return Tensor(gradients, shape: values.shape)
        }
    }
}
