/// The names of a record's fields in the file, in the order in which they are written.
///
/// A record's `CodingKeys` are the one definition of its fields: the encoder writes them, and the decoder reads them.
protocol RecordKey: CodingKey {
    /// Whether the number is rounded to three decimals, as times and rates are.
    var isRounded: Bool { get }
}
