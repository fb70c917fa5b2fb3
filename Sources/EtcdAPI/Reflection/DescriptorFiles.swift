/// `google.protobuf.FileDescriptorProto` of each package that is served, made from the messages themselves; a method
/// that is always refused has no descriptor.
struct DescriptorFiles: Sendable {
    struct File: Sendable {
        var bytes: [UInt8]
        var dependencies: [String]
    }

    let services: [String]
    private let files: [String: File]
    /// Messages, enumerations, services and methods.
    private let fileOfSymbol: [String: String]

    init(_ services: [String: [String: Method]]) {
        self.services = services.keys.sorted()
        var packages: [String: PackageDescriptor] = [:]
        func package(of symbol: String) -> String {
            // The package is in lower case up to its last dot; what follows begins with a capital.
            symbol.split(separator: ".").prefix { $0.first?.isLowercase == true }.joined(separator: ".")
        }
        for type in ProtoNames.messages {
            let name = ProtoNames.name(of: type)
            packages[package(of: name), default: PackageDescriptor(package(of: name))].add(message: type, name)
        }
        for (service, methods) in services.sorted(by: { $0.key < $1.key }) {
            packages[package(of: service), default: PackageDescriptor(package(of: service))].add(service, methods)
        }
        files = Dictionary(uniqueKeysWithValues: packages.values.map { ($0.fileName, $0.file(packageOf: package)) })
        fileOfSymbol = packages.values.reduce(into: [:]) { result, package in
            for symbol in package.symbols { result[symbol] = package.fileName }
        }
    }

    /// The file and all that it needs, itself first; nil if there is none of that name.
    func files(named name: String) -> [[UInt8]]? {
        guard files[name] != nil else { return nil }
        var seen: Set<String> = []
        var waiting = [name]
        var found: [[UInt8]] = []
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted, let file = files[next] else { continue }
            found.append(file.bytes)
            waiting += file.dependencies
        }
        return found
    }

    func files(containing symbol: String) -> [[UInt8]]? { fileOfSymbol[symbol].flatMap(files(named:)) }
}

/// One `.proto` file in the making.
private struct PackageDescriptor {
    let name: String
    private(set) var symbols: [String] = []
    private var messages: [DescriptorBytes] = []
    private var enums: [DescriptorBytes] = []
    private var services: [DescriptorBytes] = []
    private var uses: Set<String> = []

    init(_ name: String) { self.name = name }

    var fileName: String { name.split(separator: ".").joined(separator: "/") + ".proto" }

    mutating func add(message type: any Message.Type, _ fullName: String) {
        let oneof = ProtoNames.oneofs[fullName]
        var writer = DescriptorWriter(oneof: oneof?.members)
        type.init().write(to: &writer)
        var message = DescriptorBytes()
        message.add(1, String(fullName.dropFirst(name.count + 1)))
        for field in writer.fields { message.add(2, field) }
        for type in writer.enums {
            let enumName = ProtoNames.name(of: type)
            uses.insert(enumName)
            if enumName.hasPrefix(fullName + ".") {
                message.add(4, Self.descriptor(type, String(enumName.dropFirst(fullName.count + 1))))
                symbols.append(enumName)
            } else if !symbols.contains(enumName) {
                enums.append(Self.descriptor(type, String(enumName.dropFirst(name.count + 1))))
                symbols.append(enumName)
            }
        }
        if let oneof {
            var declaration = DescriptorBytes()
            declaration.add(1, oneof.name)
            message.add(8, declaration)
        }
        uses.formUnion(writer.messages.map(ProtoNames.name(of:)))
        messages.append(message)
        symbols.append(fullName)
    }

    private static func descriptor<E: WireEnum>(_ type: E.Type, _ name: String) -> DescriptorBytes {
        var descriptor = DescriptorBytes()
        descriptor.add(1, name)
        for value in type.allCases {
            var one = DescriptorBytes()
            one.add(1, value.wireName)
            one.add(2, UInt64(value.rawValue))
            descriptor.add(2, one)
        }
        return descriptor
    }

    mutating func add(_ service: String, _ methods: [String: Method]) {
        var descriptor = DescriptorBytes()
        descriptor.add(1, String(service.dropFirst(name.count + 1)))
        symbols.append(service)
        for (methodName, method) in methods.sorted(by: { $0.key < $1.key }) {
            guard let shape = method.shape else { continue }
            var one = DescriptorBytes()
            one.add(1, methodName)
            one.add(2, "." + ProtoNames.name(of: shape.call))
            one.add(3, "." + ProtoNames.name(of: shape.reply))
            if shape.clientStreams { one.add(5, UInt64(1)) }
            if shape.serverStreams { one.add(6, UInt64(1)) }
            descriptor.add(2, one)
            uses.formUnion([ProtoNames.name(of: shape.call), ProtoNames.name(of: shape.reply)])
            symbols.append("\(service).\(methodName)")
        }
        services.append(descriptor)
    }

    func file(packageOf: (String) -> String) -> DescriptorFiles.File {
        let dependencies = Set(uses.map(packageOf)).subtracting([name]).sorted().map { PackageDescriptor($0).fileName }
        var file = DescriptorBytes()
        file.add(1, fileName)
        file.add(2, name)
        for dependency in dependencies { file.add(3, dependency) }
        for message in messages { file.add(4, message) }
        for type in enums { file.add(5, type) }
        for service in services { file.add(6, service) }
        file.add(12, "proto3")
        return DescriptorFiles.File(bytes: file.bytes, dependencies: dependencies)
    }
}
