import HTTPTypes
import Logging
import Outbound
import Persistence
import StandardWebhooks
import Synchronization

extension WebhookDispatcher {
    /// How much of an answer is read, so that its connection can serve again; what is longer is cut off.
    private static let answerByteLimit = 16 << 10
    /// The largest answer that a request may announce; its length changes nothing.
    private static let announcedByteLimit = 1 << 30

    /// Makes one attempt, whatever it comes to, and keeps its outcome.
    func deliver(_ claim: Claim) async {
        await self.seams.reached(.claimed)
        if let outcome = await self.outcome(of: claim) {
            await self.seams.reached(.sent)
            await self.record(outcome, of: claim)
            await self.seams.reached(.recorded)
        }
        self.slots.withLock { $0.release(claim.endpointID, isFailing: claim.isFailing) }
        self.alarm.ring()
    }

    /// Sends; nil when the task was cancelled or the claim is about to end, so that the attempt is somebody else's.
    private func outcome(of claim: Claim) async -> AttemptOutcome? {
        // Every attempt of the schedule was begun before, and the server that made the last one is gone.
        guard claim.attempt <= self.configuration.schedule.pauses.count else { return .failed(error: "interrupted", status: nil) }
        let now = self.seams.now()
        // A process that was halted in between must not send beside the one that took over.
        guard now.advanced(by: self.configuration.attemptTimeout) < claim.endsAt else { return nil }
        let outcome = await self.send(claim, at: now)
        return Task.isCancelled ? nil : outcome
    }

    private func send(_ claim: Claim, at now: Timestamp) async -> AttemptOutcome {
        do {
            let request = try self.request(for: claim, at: now)
            return try await self.client.withResponse(to: request) { head, body in
                await Self.skim(body)
                return .answered(
                    status: head.status, retryAfter: AttemptOutcome.seconds(inRetryAfter: head.headers[.retryAfter]))
            }
        } catch let error as OutboundError {
            return AttemptOutcome(error)
        } catch let error as WebhooksError {
            return .failed(error: error.code.description, status: nil)
        } catch {
            return .failed(error: "unsigned", status: nil)
        }
    }

    /// The request of an attempt: the body as it was enqueued, signed with every secret that is valid now.
    private func request(for claim: Claim, at now: Timestamp) throws -> OutboundRequest {
        let body = Array(claim.body.utf8)
        let signer = try WebhookSigner(secrets: try claim.secrets.map { try self.secrets.open($0) })
        var request = OutboundRequest(
            .post, try OutboundURL(parsing: try AddressTable(keyring: self.secrets.keyring).open(claim.address)),
            headers: [.contentType: "application/json"], body: body)
        let seconds = now.microseconds / 1_000_000
        for (name, value) in try signer.sign(body, id: claim.messageID, at: seconds).fields {
            if let name = HTTPField.Name(name) { request.headers[name] = value }
        }
        request.timeout = self.configuration.attemptTimeout
        request.responseBodyLimit = Self.announcedByteLimit
        return request
    }

    /// Reads the rest of a short answer, which says nothing that the status has not said.
    private static func skim(_ body: OutboundBody) async {
        var byteCount = 0
        do {
            for try await piece in body {
                byteCount += piece.count
                if byteCount > Self.answerByteLimit { return }
            }
        } catch {
            // An answer that breaks off has been given all the same.
        }
    }

    /// Tells the database, again and again while the claim lasts.
    private func record(_ outcome: AttemptOutcome, of claim: Claim) async {
        let table = OutcomeTable(configuration: self.configuration)
        let jitter = self.seams.jitter()
        var pause = Duration.milliseconds(100)
        while true {
            let now = self.seams.now()
            do {
                let consequence = try await self.database.transaction(isolation: .readCommitted, retries: 5) { connection in
                    try table.record(outcome, of: claim, at: now, jitter: jitter, in: connection)
                }
                self.report(outcome, consequence, of: claim)
                return
            } catch is OutcomeTable.ClaimLost {
                // Deleted, cancelled or taken over meanwhile; or a commit whose answer was lost had happened.
                self.logger.debug("webhook belongs to nobody here any more", metadata: self.metadata(of: claim))
                return
            } catch {
                let isOver = now.advanced(by: pause) >= claim.endsAt || self.alarm.isStopped || Task.isCancelled
                if !isOver, (try? await self.seams.sleep(pause)) != nil {
                    pause = min(pause * 2, .seconds(5))
                    continue
                }
                self.metrics?.count(.unrecorded)
                var metadata = self.metadata(of: claim)
                metadata["webhook.error"] = "\(error)"
                self.logger.debug("webhook will be sent again, as its outcome could not be kept", metadata: metadata)
                return
            }
        }
    }

    private func report(_ outcome: AttemptOutcome, _ consequence: OutcomeTable.Consequence, of claim: Claim) {
        if let counted = consequence.outcome { self.metrics?.count(counted) }
        var metadata = self.metadata(of: claim)
        metadata["webhook.attempt"] = "\(claim.attempt)"
        metadata["webhook.outcome"] = "\(consequence.outcome?.rawValue ?? "notSent")"
        if let status = outcome.status { metadata["webhook.status"] = "\(status)" }
        if let error = outcome.error { metadata["webhook.error"] = "\(error)" }
        self.logger.debug("webhook attempt", metadata: metadata)
        guard let reason = consequence.disabled else { return }
        self.logger.notice(
            "webhook endpoint disabled",
            metadata: [
                "webhook.endpoint": "\(claim.endpointID)", "webhook.reason": "\(reason.rawValue)",
                "webhook.origin": "\((try? OutboundURL(parsing: claim.address.shown))?.origin ?? "")",
            ])
    }

    private func metadata(of claim: Claim) -> Logger.Metadata {
        ["webhook.id": "\(claim.messageID)", "webhook.endpoint": "\(claim.endpointID)"]
    }
}
