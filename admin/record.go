package admin

const mask = "***"
