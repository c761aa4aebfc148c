package import Kernels

/// Where an arena and what belongs to it lie, and which part of it this process changes.
package protocol ArenaMemory {
    /// A buffer of zeros.
    func makeBuffer(count: Int) -> Buffer
    /// A buffer of zeros, of which at first `parts` have memory, in the other elements pages that are written.
    func makeBuffer(count: Int, holding parts: [Range<Int>]) -> Buffer
    /// The elements of a buffer of `count` that this process changes; it begins and ends at multiples of 16, or at the
    /// end.
    func part(of count: Int) -> Range<Int>
}

/// Memory of this process.
struct PrivateMemory: ArenaMemory {
    func makeBuffer(count: Int) -> Buffer { Buffer(repeating: 0, count: count) }
    func makeBuffer(count: Int, holding parts: [Range<Int>]) -> Buffer { .sparse(count: count) }
    func part(of count: Int) -> Range<Int> { 0..<count }
}
