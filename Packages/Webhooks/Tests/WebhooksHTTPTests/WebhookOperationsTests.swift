import Testing

@Suite("Webhook operations")
struct WebhookOperationsTests {
}
