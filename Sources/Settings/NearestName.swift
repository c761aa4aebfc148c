/// The name that was probably meant by `typed`: one that ends in it, or the one with the fewest edits, if they are few.
///
/// The work is bounded: a text that is far longer than every name resembles none.
package func nearestName(to typed: String, among names: [String]) -> String? {
    let longest = names.map(\.utf8.count).max() ?? 0
    guard typed.utf8.count <= 2 * longest + 16 else { return nil }
    let wanted = typed.lowercased().replacing("-", with: "_")
    if names.contains(wanted) { return wanted }
    let endings = names.filter { $0.hasSuffix("." + wanted) }
    if endings.count == 1 { return endings[0] }
    // a forgotten group costs no edits: "momentun" is one edit from "optimizer.momentum"
    let candidates = names.flatMap { name in
        let leaf = name.split(separator: ".").last.map(String.init) ?? name
        return [(name, editDistance(wanted, name)), (name, editDistance(wanted, leaf))]
    }
    guard let best = candidates.min(by: { $0.1 < $1.1 }), best.1 <= max(1, wanted.count / 3) else { return nil }
    return best.0
}

extension SettingsSchema {
    /// The setting that was probably meant by `typed`: by what it is called in PyTorch, Keras and Hugging Face, its section
    /// before it or not, else by its spelling.
    package func nearest(to typed: String) -> String? {
        let names = keys.map(\.name)
        let longest = names.map(\.utf8.count).max() ?? 0
        guard typed.utf8.count <= 2 * longest + 16 else { return nil }
        let wanted = typed.lowercased().replacing("-", with: "_")
        let leaf = wanted.split(separator: ".").last.map(String.init) ?? wanted
        return aliases[leaf] ?? nearestName(to: typed, among: names)
    }
}

/// Fewest insertions, deletions, replacements and swaps of neighbors that turn `a` into `b` (optimal string alignment).
package func editDistance(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    var rows = [Array(0...b.count)]
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var cost = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, rows[i - 1][j - 1] + 1) }
            row.append(cost)
        }
        rows.append(row)
    }
    return rows[a.count][b.count]
}
