set nocompatible
set backspace=indent,eol,start
set number
set ruler
