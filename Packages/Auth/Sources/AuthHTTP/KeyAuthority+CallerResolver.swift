public import Auth
public import HTTPCore

extension KeyAuthority: CallerResolver {}

extension AdminAPIKey: CallerResolver {}
