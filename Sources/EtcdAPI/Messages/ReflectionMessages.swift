// Server reflection (https://github.com/grpc/grpc/blob/master/doc/server-reflection.md); v1 and v1alpha are the same
// messages under two names.

package struct ReflectionCall: Message, Hashable {
    package enum Question: Hashable, Sendable {
        case fileByName(String)
        case fileContainingSymbol(String)
        case fileContainingExtension(ExtensionCall)
        case extensionNumbers(ofType: String)
        case listServices
    }

    package var host = ""
    package var question: Question?

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        var name = ""
        var symbol = ""
        var file: ExtensionCall?
        var type = ""
        var list = ""
        switch question {
        case .fileByName(let value): name = value
        case .fileContainingSymbol(let value): symbol = value
        case .fileContainingExtension(let value): file = value
        case .extensionNumbers(let value): type = value
        case .listServices: list = "*"
        case nil: break
        }
        writer.string(1, "host", host)
        writer.string(3, "file_by_filename", name)
        writer.string(4, "file_containing_symbol", symbol)
        writer.message(5, "file_containing_extension", file)
        writer.string(6, "all_extension_numbers_of_type", type)
        writer.string(7, "list_services", list)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        var text = ""
        switch number {
        case 1: try reader.string(&host)
        case 3:
            try reader.string(&text)
            question = .fileByName(text)
        case 4:
            try reader.string(&text)
            question = .fileContainingSymbol(text)
        case 5:
            var call: ExtensionCall?
            try reader.message(&call)
            question = .fileContainingExtension(call ?? ExtensionCall())
        case 6:
            try reader.string(&text)
            question = .extensionNumbers(ofType: text)
        case 7:
            try reader.string(&text)
            question = .listServices
        default: try reader.skip()
        }
    }
}

package struct ExtensionCall: Message, Hashable {
    package var containingType = ""
    /// An int32 in the protocol; no extension has a negative number.
    package var number: UInt32 = 0

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.string(1, "containing_type", containingType)
        writer.uint32(2, "extension_number", number)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.string(&containingType)
        case 2: try reader.uint32(&self.number)
        default: try reader.skip()
        }
    }
}

package struct ReflectionReply: Message, Hashable {
    package var validHost = ""
    package var originalRequest: ReflectionCall?
    package var files: FileDescriptorReply?
    package var extensionNumbers: ExtensionNumberReply?
    package var services: ListServiceReply?
    package var error: ReflectionErrorReply?

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.string(1, "valid_host", validHost)
        writer.message(2, "original_request", originalRequest)
        writer.message(4, "file_descriptor_response", files)
        writer.message(5, "all_extension_numbers_response", extensionNumbers)
        writer.message(6, "list_services_response", services)
        writer.message(7, "error_response", error)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.string(&validHost)
        case 2: try reader.message(&originalRequest)
        case 4: try reader.message(&files)
        case 5: try reader.message(&extensionNumbers)
        case 6: try reader.message(&services)
        case 7: try reader.message(&error)
        default: try reader.skip()
        }
    }
}

package struct FileDescriptorReply: Message, Hashable {
    /// Each a serialised `google.protobuf.FileDescriptorProto`.
    package var files: [[UInt8]] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) { writer.bytesList(1, "file_descriptor_proto", files) }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        if number == 1 { try reader.bytesList(&files) } else { try reader.skip() }
    }
}

/// Of etcd's messages none is extended, so there are never numbers in it.
package struct ExtensionNumberReply: Message, Hashable {
    package var baseType = ""

    package init() {}

    package func write(to writer: inout some FieldWriter) { writer.string(1, "base_type_name", baseType) }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        if number == 1 { try reader.string(&baseType) } else { try reader.skip() }
    }
}

package struct ListServiceReply: Message, Hashable {
    package var services: [ServiceReply] = []

    package init() {}

    package func write(to writer: inout some FieldWriter) { writer.messages(1, "service", services) }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        if number == 1 { try reader.messages(&services) } else { try reader.skip() }
    }
}

package struct ServiceReply: Message, Hashable {
    package var name = ""

    package init() {}

    package func write(to writer: inout some FieldWriter) { writer.string(1, "name", name) }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        if number == 1 { try reader.string(&name) } else { try reader.skip() }
    }
}

package struct ReflectionErrorReply: Message, Hashable {
    /// A gRPC code.
    package var code: UInt32 = 0
    package var message = ""

    package init() {}

    package func write(to writer: inout some FieldWriter) {
        writer.uint32(1, "error_code", code)
        writer.string(2, "error_message", message)
    }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        switch number {
        case 1: try reader.uint32(&code)
        case 2: try reader.string(&message)
        default: try reader.skip()
        }
    }
}
