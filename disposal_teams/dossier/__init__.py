"""The electronic dossier of a case (电子卷宗): its files with every version, what other rooms hold of it, and who read what."""
