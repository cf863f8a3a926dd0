"""The report as a web page, the timeline as SVG: values laid out here, markup in templates/."""
