import Objects

enum DescribeContainer {
    /// - Parameter status: nil in a pod template, where kubectl indents by one space only.
    static func append(_ container: JSON, _ status: JSON?, inTemplate: Bool = false, to output: inout DescribeText) {
        let name = "\(container.text("name") ?? ""):"
        output.line(inTemplate ? 0 : 1, inTemplate ? " " + name : name)
        var text = DescribeText()
        fields(container, status, to: &text)
        output.append(text, outdented: inTemplate ? 1 : 0)
    }

    private static func fields(_ container: JSON, _ status: JSON?, to text: inout DescribeText) {
        if let status { text.field(2, "Container ID", status.text("containerID")) }
        text.field(2, "Image", container.text("image"))
        if let status { text.field(2, "Image ID", status.text("imageID")) }
        ports(container, to: &text)
        list("Command", container["command"], to: &text)
        list("Args", container["args"], to: &text)
        if let status { state(status, to: &text) }
        resources(container, to: &text)
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            guard let value = container[probe] else { continue }
            text.field(
                2, probe.prefix(1).uppercased() + probe.dropFirst().replacing("Probe", with: ""), self.probe(value))
        }
        environment(container, to: &text)
        mounts(container, to: &text)
    }

    private static func ports(_ container: JSON, to text: inout DescribeText) {
        let ports = container["ports"]?.array ?? []
        func joined(_ field: String) -> String {
            ports.map { port in
                let name = port.text("name").map { " (\($0))" } ?? ""
                return "\(port.text(field) ?? "0")/\(port.text("protocol") ?? "TCP")\(name)"
            }.joined(separator: ", ")
        }
        let plural = ports.count > 1 ? "s" : ""
        text.field(2, "Port\(plural)", ports.isEmpty ? "<none>" : joined("containerPort"))
        text.field(2, "Host Port\(plural)", ports.isEmpty ? "<none>" : joined("hostPort"))
    }

    private static func list(_ name: String, _ values: JSON?, to text: inout DescribeText) {
        guard let values = values?.array, !values.isEmpty else { return }
        text.line(2, "\(name):")
        for value in values {
            for line in JSONPath.display(value).split(separator: "\n") { text.line(3, Terminal.escaped(String(line))) }
        }
    }

    private static func state(_ status: JSON, to text: inout DescribeText) {
        state("State", status["state"], to: &text)
        if status["lastState"]?.object?.isEmpty == false { state("Last State", status["lastState"], to: &text) }
        text.field(2, "Ready", status["ready"]?.bool == true ? "True" : "False")
        text.field(2, "Restart Count", status.text("restartCount") ?? "0")
    }

    private static func state(_ name: String, _ state: JSON?, to text: inout DescribeText) {
        if let running = state?["running"] {
            text.field(2, name, "Running")
            text.field(3, "Started", running.text("startedAt").map(Age.long))
        } else if let terminated = state?["terminated"] {
            text.field(2, name, "Terminated")
            text.optional(3, "Reason", terminated.text("reason"))
            text.optional(3, "Message", terminated.text("message"))
            text.field(3, "Exit Code", terminated.text("exitCode") ?? "0")
            text.optional(3, "Signal", terminated.text("signal"))
            text.field(3, "Started", terminated.text("startedAt").map(Age.long))
            text.field(3, "Finished", terminated.text("finishedAt").map(Age.long))
        } else {
            text.field(2, name, "Waiting")
            text.optional(3, "Reason", state?.text("waiting", "reason"))
            text.optional(3, "Message", state?.text("waiting", "message"))
        }
    }

    private static func resources(_ container: JSON, to text: inout DescribeText) {
        for (name, field) in [("Limits", "limits"), ("Requests", "requests")] {
            let values = DescribePod.stringMap(container.at("resources", field))
            guard !values.isEmpty else { continue }
            text.line(2, "\(name):")
            for (key, value) in values.sorted(by: { $0.key < $1.key }) { text.field(3, key, value) }
        }
    }

    private static func probe(_ probe: JSON) -> String {
        func number(_ field: String, _ fallback: String) -> String { probe.text(field) ?? fallback }
        let timing =
            "delay=\(number("initialDelaySeconds", "0"))s timeout=\(number("timeoutSeconds", "1"))s"
            + " period=\(number("periodSeconds", "10"))s #success=\(number("successThreshold", "1"))"
            + " #failure=\(number("failureThreshold", "3"))"
        if let command = probe.at("exec", "command")?.array {
            return "exec [\(command.map(JSONPath.display).joined(separator: " "))] \(timing)"
        }
        if let get = probe["httpGet"] {
            let scheme = (get.text("scheme") ?? "HTTP").lowercased()
            return
                "http-get \(scheme)://\(get.text("host") ?? ""):\(get.text("port") ?? "")\(get.text("path") ?? "") \(timing)"
        }
        if let socket = probe["tcpSocket"] {
            return "tcp-socket \(socket.text("host") ?? ""):\(socket.text("port") ?? "") \(timing)"
        }
        return "unknown \(timing)"
    }

    private static func environment(_ container: JSON, to text: inout DescribeText) {
        let variables = container["env"]?.array ?? []
        guard !variables.isEmpty else { return text.field(2, "Environment", "<none>") }
        text.line(2, "Environment:")
        for variable in variables {
            let reference = variable["valueFrom"].map { " \(PrettyJSON.compact($0))" } ?? ""
            text.field(3, variable.text("name") ?? "", (variable.text("value") ?? "") + reference)
        }
    }

    private static func mounts(_ container: JSON, to text: inout DescribeText) {
        let mounts = container["volumeMounts"]?.array ?? []
        guard !mounts.isEmpty else { return text.field(2, "Mounts", "<none>") }
        text.line(2, "Mounts:")
        for mount in mounts.sorted(by: { ($0.text("mountPath") ?? "") < ($1.text("mountPath") ?? "") }) {
            var flags = mount["readOnly"]?.bool == true ? "ro" : "rw"
            if let path = mount.text("subPath"), !path.isEmpty { flags += ",path=\"\(path)\"" }
            text.line(3, "\(mount.text("mountPath") ?? "") from \(mount.text("name") ?? "") (\(flags))")
        }
    }
}
