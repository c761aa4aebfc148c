/// A model or a part of one: whatever has trainable parameters.
///
/// A model that maps one tensor to one tensor is a `Module`; any other conforms to this protocol and declares the
/// `callAsFunction` that suits it, such as one from tokens.
public protocol Parameterized: ParameterTreeElement {
    /// The parameters and running statistics by name, in the order of registration.
    var parameters: ParameterTree { get }
}

extension Parameterized {
    public var parameterTreeEntry: ParameterTree.Entry { .tree(parameters) }
}
