"""Language models behind one contract: embedded, Hugging Face, Ollama, OpenAI-compatible, encoders, scripted."""
