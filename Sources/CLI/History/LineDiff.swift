/// The difference of two texts, line by line, in the unified format of diff(1).
enum LineDiff {
    private enum Edit: Equatable {
        case keep(String), remove(String), add(String)

        var line: String {
            switch self {
            case .keep(let text): " " + text
            case .remove(let text): "-" + text
            case .add(let text): "+" + text
            }
        }
        var isChange: Bool { if case .keep = self { false } else { true } }
    }

    /// Empty if they are equal. `context` unchanged lines are shown around each change.
    static func unified(_ old: String, _ new: String, from: String, to: String, context: Int = 3) -> String {
        let edits = edits(lines(old), lines(new))
        guard edits.contains(where: \.isChange) else { return "" }
        var text = "--- \(from)\n+++ \(to)\n"
        for hunk in hunks(edits, context) { text += header(edits, hunk) + edits[hunk].map { $0.line + "\n" }.joined() }
        return text
    }

    private static func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    /// By the longest common subsequence; what both begin and end with is left out of the table.
    private static func edits(_ old: [String], _ new: [String]) -> [Edit] {
        let head = zip(old, new).prefix { $0 == $1 }.count
        let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        let (left, right) = (Array(old[head..<old.count - tail]), Array(new[head..<new.count - tail]))
        var table = [[Int]](repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
        for row in left.indices.reversed() {
            for column in right.indices.reversed() {
                table[row][column] =
                    left[row] == right[column]
                    ? table[row + 1][column + 1] + 1 : max(table[row + 1][column], table[row][column + 1])
            }
        }
        var edits = old[..<head].map(Edit.keep)
        var (row, column) = (0, 0)
        while row < left.count || column < right.count {
            if row < left.count, column < right.count, left[row] == right[column] {
                edits.append(.keep(left[row]))
                (row, column) = (row + 1, column + 1)
            } else if column == right.count || (row < left.count && table[row + 1][column] >= table[row][column + 1]) {
                edits.append(.remove(left[row]))
                row += 1
            } else {
                edits.append(.add(right[column]))
                column += 1
            }
        }
        return edits + old[(old.count - tail)...].map(Edit.keep)
    }

    private static func hunks(_ edits: [Edit], _ context: Int) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for index in edits.indices where edits[index].isChange {
            let range = max(0, index - context)..<min(edits.count, index + context + 1)
            if let last = hunks.last, range.lowerBound <= last.upperBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private static func header(_ edits: [Edit], _ hunk: Range<Int>) -> String {
        func count(_ range: Range<Int>, _ skipped: (Edit) -> Bool) -> Int { edits[range].count { !skipped($0) } }
        func isAdd(_ edit: Edit) -> Bool { if case .add = edit { true } else { false } }
        func isRemove(_ edit: Edit) -> Bool { if case .remove = edit { true } else { false } }
        let before = 0..<hunk.lowerBound
        let old = (count(before, isAdd) + 1, count(hunk, isAdd))
        let new = (count(before, isRemove) + 1, count(hunk, isRemove))
        return "@@ -\(old.0),\(old.1) +\(new.0),\(new.1) @@\n"
    }
}
