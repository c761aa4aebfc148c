import Messages
import Yams

extension SettingsError {
    /// The problem that the YAML reader found in `file`, with its line.
    init(_ error: YamlError, file: String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let during = context.map { " (\($0.text))" } ?? ""
            self = .malformed(place: "\(file) line \(mark.line)", problem: "not valid YAML: \(problem)\(during)")
        case .duplicatedKeysInMapping(let names, let context):
            self = .givenTwice(key: names.listed(), source: "\(file) line \(context.mark.line)")
        case .reader(let problem, let offset, _, let yaml):
            let line = offset.map { yaml.prefix($0).count(where: \.isNewline) + 1 }
            let place = line.map { "\(file) line \($0)" } ?? file
            self = .malformed(place: place, problem: "not valid YAML: \(problem)")
        default:
            self = .malformed(place: file, problem: "not valid YAML")
        }
    }
}
