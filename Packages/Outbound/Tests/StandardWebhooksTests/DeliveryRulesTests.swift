import StandardWebhooks
import Testing

@Suite("Delivery rules")
struct DeliveryRulesTests {
    @Test("pause as the standard says, ten attempts long")
    func pauseAsTheStandardSays() {
        let schedule = RetrySchedule.standard
        let seconds = (0..<10).map { schedule.pause(afterFailures: $0)?.components.seconds }
        #expect(seconds == [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400])
        for count in [-1, 10, 11, Int.max, .min] { #expect(schedule.pause(afterFailures: count) == nil) }
        #expect(RetrySchedule(pauses: []).pause(afterFailures: 0) == nil)
    }

    @Test("lengthen a pause by a tenth at most", arguments: [0, 0.5, 1, -1, 2, .nan, .infinity])
    func lengthen(_ jitter: Double) throws {
        let pause = try #require(RetrySchedule.standard.pause(afterFailures: 1, jitter: jitter))
        #expect((.seconds(5) ... .milliseconds(5_500)).contains(pause))
    }

    @Test(
        "judge every status",
        arguments: [
            (200, .delivered), (204, .delivered), (299, .delivered), (199, .failed), (301, .failed), (308, .failed),
            (400, .failed), (404, .failed), (410, .gone), (429, .throttled), (500, .failed), (502, .throttled),
            (503, .failed), (504, .throttled), (0, .failed), (-1, .failed),
        ] as [(Int, DeliveryVerdict)])
    func judge(_ status: Int, _ verdict: DeliveryVerdict) {
        #expect(DeliveryVerdict(status: status) == verdict)
    }
}
