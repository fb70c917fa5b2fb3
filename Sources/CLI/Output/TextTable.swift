/// Columns of text as kubectl lays them out: each as wide as its widest cell and three spaces, at least six characters,
/// the last one without padding. Remembers its widths, so that the rows of a watch stay below their headings. Cells come
/// from objects that anybody may have written, so none reaches the terminal with control characters.
struct TextTable {
    private static let minimum = 6
    private static let padding = 3

    private var widths: [Int] = []

    mutating func text(_ rows: [[String]]) -> String {
        let rows = rows.map { $0.map(Terminal.escaped) }
        for row in rows {
            for (index, cell) in row.dropLast().enumerated() {
                if index == widths.count { widths.append(Self.minimum) }
                widths[index] = max(widths[index], cell.count + Self.padding)
            }
        }
        return rows.map { line($0) + "\n" }.joined()
    }

    private func line(_ row: [String]) -> String {
        var text = ""
        for (index, cell) in row.enumerated() {
            text += cell
            if index < row.count - 1 { text += String(repeating: " ", count: max(0, widths[index] - cell.count)) }
        }
        return text
    }
}
