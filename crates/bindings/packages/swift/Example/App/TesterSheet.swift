#if DEBUG && canImport(SwiftUI)
import DigitalKey
import SwiftUI

extension View {
    /// Shows a tester the choices of Apple's sheet, while a simulated one is up.
    func tester(of phone: SimulatedPhone) -> some View {
        TesterSheet(content: self, phone: phone)
    }
}

private struct TesterSheet<Content: View>: View {
    let content: Content
    let phone: SimulatedPhone
    @State private var sheet: SimulatedSheet?

    var body: some View {
        content
            .task {
                for await sheet in phone.sheets { self.sheet = sheet }
            }
            .confirmationDialog("Apple's sheet", isPresented: isUp, titleVisibility: .visible) {
                ForEach(SimulatedAnswer.choices, id: \.self) { choice in
                    Button(choice.label) { answer(choice) }
                }
                Button("Cancel", role: .cancel) { answer(.failure(.userCanceled)) }
            }
    }

    /// Each way out of the dialog is a button, which answers.
    private var isUp: Binding<Bool> {
        Binding(get: { sheet != nil }, set: { _ in })
    }

    private func answer(_ choice: SimulatedAnswer) {
        guard let answered = sheet else { return }
        sheet = nil
        Task { await answered.answer(choice) }
    }
}
#endif
