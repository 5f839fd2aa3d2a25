"""Training of uir-lora packs: degradations, router, base network, experts, export, evaluation."""
