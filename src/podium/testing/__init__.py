"""What users of Podium test their workflows with."""
