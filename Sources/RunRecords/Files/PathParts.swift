extension String {
    /// The path up to its last name, and that name: `a/b` is `a` and `b`, `b` is the empty path and `b`, `/b` is `/`
    /// and `b`.
    ///
    /// Foundation's own stops the process for names of one letter.
    package var pathParts: (folder: String, name: String) {
        var path = self[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        guard let slash = path.lastIndex(of: "/") else { return ("", String(path)) }
        var folder = path[..<slash]
        while folder.last == "/" { folder.removeLast() }
        return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
    }
}
