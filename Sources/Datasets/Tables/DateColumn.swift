/// The form that the dates of a column share.
package struct DateColumn: Equatable, Sendable {
    /// The orders of day and month that all of them allow.
    package var orders = DateField.Orders.any
    /// Whether all of them are numbers whose order says what the day is; nil as long as there is none.
    private(set) var isNumeric: Bool?
    /// Whether they are times of day alone; nil as long as that is open.
    package var isTime: Bool?
    /// Whether any has a time of day.
    private(set) var hasTime = false

    /// Nothing is known yet.
    package init() {}

    /// Narrows down the order of day and month by `date`; false if it contradicts the others.
    package mutating func accepts(_ date: DateField) -> Bool {
        guard isTime ?? date.isTime == date.isTime, isNumeric ?? date.isNumeric == date.isNumeric else { return false }
        let common = orders.intersection(date.orders)
        guard !common.isEmpty else { return false }
        (orders, isTime, isNumeric) = (common, date.isTime, date.isNumeric)
        hasTime = hasTime || date.hasTime
        return true
    }

    /// Whether the day may be the first number or the second.
    package var isAmbiguous: Bool { isNumeric == true && orders == .any }

    /// Whether `DateField.seconds`, which have the day first where they can, are to be exchanged.
    package var isSwapped: Bool { isNumeric == true && orders == .monthFirst }
}
