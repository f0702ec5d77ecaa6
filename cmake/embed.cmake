# mogura_embed(room file function)
#
# Compiles a file, named from the project's root, into a room: adds a source that defines
# std::string_view mogura::<room>::detail::<function>(), which <room>/detail/<function>.h declares.
set(MOGURA_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_file.cmake)

function(mogura_embed room file function)
  set(input ${PROJECT_SOURCE_DIR}/${file})
  set(output ${PROJECT_BINARY_DIR}/generated/${room}/${function}.cc)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${input} -DOUTPUT=${output} -DROOM=${room} -DFUNCTION=${function}
            -P ${MOGURA_EMBED_SCRIPT}
    DEPENDS ${input} ${MOGURA_EMBED_SCRIPT}
    VERBATIM)
  target_sources(mogura_${room} PRIVATE ${output})
endfunction()
