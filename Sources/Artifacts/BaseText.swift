/// A text that an experiment extends.
package struct BaseText: Hashable, Sendable {
  /// Relative to the experiment's folder.
  package var path: String
  package var text: String

  package init(path: String, text: String) {
    self.path = path
    self.text = text
  }

  var json: JSON { .object(["path": .string(path), "text": .string(text)]) }

  init(json: JSON) throws(DocumentError) {
    self.init(path: try json.string("path"), text: try json.string("text"))
  }
}
