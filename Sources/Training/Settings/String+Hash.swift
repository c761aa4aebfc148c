extension String {
    /// 32 bits that tell one text from others, the same in every process. Source: Fowler, Noll, Vo: FNV-1a.
    package var fnv1a: UInt32 { utf8.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 } }
}
