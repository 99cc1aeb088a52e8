extension Rule {
    /// Services of language models.
    static let furtherModels: [Rule] = [
        Rule(
            "anthropic-key", "Anthropic API Key", .further, .critical, .high,
            .flat("sk-ant-(api03|admin01|sid01|oat01)-[A-Za-z0-9_-]{80,128}"), fixedPrefix: true,
            finds: ["sk-ant-api03-⟨t93⟩AA", "sk-ant-oat01-⟨t86⟩AA"], passes: ["sk-ant-api03-⟨t40⟩"]),
        Rule(
            "openai-project-key", "OpenAI Token", .further, .critical, .high,
            .flat("(sk-proj-|sk-svcacct-|sk-admin-)[A-Za-z0-9_-]{20,128}T3BlbkFJ[A-Za-z0-9_-]{20,128}"), fixedPrefix: true,
            finds: ["sk-proj-⟨t74⟩T3⟨⟩BlbkFJ⟨t74⟩"], passes: ["sk-proj-⟨t74⟩"]),
        Rule(
            "google-api-key", "Google API Key", .further, .high, .high, .flat("AIza[A-Za-z0-9_-]{35}", after: .alnum),
            fixedPrefix: true,
            finds: ["AIza⟨t35⟩"], passes: ["AIza⟨t30⟩"]),
        Rule(
            "google-gemini-key", "Google API Key", .further, .high, .high, .flat("AQ.Ab8RN6[A-Za-z0-9_-]{44,64}"),
            fixedPrefix: true,
            finds: ["AQ.Ab8RN6⟨t44⟩"], passes: ["AQ.Ab8RN6⟨t20⟩"]),
        Rule(
            "hugging-face-token", "Hugging Face Token", .further, .high, .high,
            .flat("hf_[A-Za-z]{34}", "api_org_[A-Za-z]{34}", after: .word), fixedPrefix: true,
            finds: ["hf_⟨l34⟩"], passes: ["hf_⟨l30⟩", "hf_hub_download_with_a_long_name_here"]),
        Rule(
            "groq-key", "Groq API Key", .further, .high, .high, .flat("gsk_[A-Za-z0-9]{52}", after: .alnum), fixedPrefix: true,
            finds: ["gsk_⟨a52⟩"], passes: ["gsk_⟨a40⟩"]),
        Rule(
            "xai-key", "xAI API Key", .further, .high, .high, .flat("xai-[A-Za-z0-9]{70,120}"), fixedPrefix: true,
            finds: ["xai-⟨a80⟩"], passes: ["xai-⟨a40⟩"]),
        Rule(
            "perplexity-key", "Perplexity API Key", .further, .high, .high, .flat("pplx-[A-Za-z0-9]{48,64}"), fixedPrefix: true,
            finds: ["pplx-⟨a48⟩"], passes: ["pplx-⟨a30⟩"]),
        Rule(
            "replicate-token", "Replicate Token", .further, .high, .high, .flat("r8_[A-Za-z0-9]{37}", after: .alnum),
            fixedPrefix: true,
            finds: ["r8_⟨a37⟩"], passes: ["r8_⟨a30⟩"]),
        Rule(
            "openrouter-key", "OpenRouter API Key", .further, .high, .high, .flat("sk-or-v1-[a-f0-9]{64}"), fixedPrefix: true,
            finds: ["sk-or-v1-⟨h64⟩"], passes: ["sk-or-v1-⟨h60⟩"]),
        Rule(
            "nvidia-key", "NVIDIA API Key", .further, .high, .high, .flat("nvapi-[A-Za-z0-9_-]{60,70}"), fixedPrefix: true,
            finds: ["nvapi-⟨t64⟩"], passes: ["nvapi-⟨t20⟩"]),
    ]
}
