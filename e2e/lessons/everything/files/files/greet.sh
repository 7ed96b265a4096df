#!/bin/sh
echo hello from a file of the lesson
