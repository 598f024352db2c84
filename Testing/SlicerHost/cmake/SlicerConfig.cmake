# Stand-in for Slicer's build system: enough to configure and install a scripted extension, so that a test can load the
# module from the installed tree and see whether a file was forgotten.
#   cmake -S <extension> -B <build> -DSlicer_DIR=<this folder> -DCMAKE_INSTALL_PREFIX=<folder>
#   cmake --install <build>
set(Slicer_USE_FILE ${CMAKE_CURRENT_LIST_DIR}/UseSlicer.cmake)
set(Slicer_EXTENSION_GENERATE_CONFIG ${CMAKE_CURRENT_LIST_DIR}/ExtensionGenerateConfig.cmake)
set(Slicer_EXTENSION_CPACK ${CMAKE_CURRENT_LIST_DIR}/ExtensionCPack.cmake)
set(Slicer_QTSCRIPTEDMODULES_LIB_DIR lib/Slicer-5.12/qt-scripted-modules)
set(Slicer_INSTALL_QTSCRIPTEDMODULES_LIB_DIR ${Slicer_QTSCRIPTEDMODULES_LIB_DIR})
set(Slicer_FOUND TRUE)
